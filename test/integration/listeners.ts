import { randomBytes } from 'node:crypto'
import { exec, filePush, type InstancePath } from '../../src/index.ts'

/** What listens in a container, and a port where nothing does. */
export const PORTS = {
  /** A web server. */
  http: 80,
  /** Sends back what it receives. */
  echo: 81,
  /** Sends the SHA-256 of what it has received until the end. */
  hashAtEnd: 82,
  /** Sends `hello` and ends. */
  greet: 83,
  refused: 84,
} as const

const SCRIPT = `exec </dev/null >/dev/null 2>&1
ip link set lo up
httpd -p 80 -h /srv
nc -ll -p 81 -e cat &
nc -ll -p 82 -e sha256sum &
nc -ll -p 83 -e echo hello &
until [ $(netstat -ltn | grep -c ':8[0-3] ') = 4 ]; do :; done`

/** Starts what listens in a busybox container; resolves with the content of `/random` on its web server. */
export async function startListeners(instance: InstancePath, size: number): Promise<Buffer> {
  const content = randomBytes(size)
  await exec(instance, ['mkdir', '-p', '/srv'])
  await filePush(instance, '/srv/random', content)
  await filePush(instance, '/srv/small', Buffer.from('small'))
  await exec(instance, ['sh', '-c', SCRIPT])
  return content
}
