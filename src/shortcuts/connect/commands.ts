import { isIP } from 'node:net'
import { portInHex } from '../shared/port.ts'
import type { Target } from './target.ts'

/** The command that connects its standard streams to a target. It tells on stderr when it is connected. */
export type Command = (target: Target) => readonly string[]

// Seconds that socat waits for the rest of one direction when the other has ended; its default of 0.5 loses slow answers.
const SOCAT_TIMEOUT = '86400'

// What no script does is to put the target into its own text: it gets that as $1 and $2.
const BASH = `
exec 3<>"/dev/tcp/$1/$2" || exit
echo connected >&2
{
  cat
  kill -0 $$ || exit
  # bash can't end one direction only; these programs can, as they share its connection.
  perl -e 'shutdown(STDOUT, 1)' || python3 -c 'import socket; socket.socket(fileno=1).shutdown(1)' || kill -9 $$
} <&0 >&3 2>/dev/null &
exec cat <&3`

const PYTHON = `
import os, socket, sys, threading
remote = socket.create_connection((sys.argv[1], int(sys.argv[2])))
os.write(2, b'connected\\n')
def send():
    while True:
        data = os.read(0, 131072)
        if not data: break
        remote.sendall(data)
    remote.shutdown(socket.SHUT_WR)
sender = threading.Thread(target=send)
sender.daemon = True
sender.start()
while True:
    data = remote.recv(131072)
    if not data: break
    while data: data = data[os.write(1, data):]
`

// The nc of BusyBox may have no way to tell that it is connected: whether something listens is then looked up before,
// for an address that belongs to the instance for sure. `$3` is the port as the kernel prints it.
const SILENT_NC = `
listens=
case $1 in 127.* | ::1)
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r $table ] && while read -r _ socket _ state _; do
      [ "\${socket##*:} $state" = "$3 0A" ] && listens=1
    done <$table
  done
  [ "$listens" ] || { echo 'Connection refused' >&2; exit 1; }
esac
echo connected >&2
exec nc "$1" "$2"`

const COMMANDS: Readonly<Record<string, Command>> = {
  socat: target => ['socat', '-d', '-d', '-b', '131072', '-t', SOCAT_TIMEOUT, '-', socatAddress(target)],
  nc: ({ address, port }) => script('sh', SILENT_NC, address, port, portInHex(port)),
  'nc -v': ({ address, port }) => ['nc', '-v', address, String(port)],
  'nc -v -N': ({ address, port }) => ['nc', '-v', '-N', address, String(port)],
  'nc -v -q 0': ({ address, port }) => ['nc', '-v', '-q', '0', address, String(port)],
  bash: ({ address, port }) => script('bash', BASH, address, port),
  python3: ({ address, port }) => ['python3', '-I', '-S', '-c', PYTHON, address, String(port)],
}

/**
 * Prints the name of the first of {@link COMMANDS} that can be run.
 *
 * An nc other than BusyBox's comes last: that of OpenBSD does not end when the server ends, that of others can't end one
 * direction only. BusyBox's cat keeps the end of what it passes on until more arrives.
 */
export const FIND_COMMAND = `
has() { command -v "$1" >/dev/null 2>&1; }
streams() { case $("$1" --help 2>&1) in *BusyBox*) false ;; esac; }
nc= busybox=
if has nc; then
  case $(nc -h 2>&1 </dev/null) in
    *BusyBox*-v*) busybox='nc -v' ;;
    *BusyBox*) busybox=nc ;;
    *-N*hutdown*) nc='nc -v -N' ;;
    *'-q secs'*) nc='nc -v -q 0' ;;
    *-v*) nc='nc -v' ;;
    *) nc=nc ;;
  esac
fi
if has socat; then echo socat
elif [ "$busybox" ]; then echo "$busybox"
elif has bash && has cat && streams cat; then echo bash
elif has python3; then echo python3
else echo "$nc"
fi`

/** What {@link FIND_COMMAND} looks for, for messages. */
export const PROGRAMS = 'socat, nc, bash, python3'

/** Matches what the commands print when they are connected. */
export const CONNECTED = /^connected$|successfully connected|\bopen$|succeeded!|Connected to/m

/** Matches what socat prints when the server has ended its direction. It goes on until its input has ended too. */
export const SERVER_ENDED = /socket 2 \(fd \d+\) is at EOF/

/** The command of a name that an instance printed; `undefined` if there is none. */
export function commandNamed(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
}

function script(
  shell: string,
  text: string,
  address: string,
  port: number,
  ...more: readonly string[]
): string[] {
  return [shell, '-c', text, shell, address, String(port), ...more]
}

function socatAddress({ address, port }: Target): string {
  return isIP(address) === 6 ? `TCP6:[${address}]:${port}` : `TCP4:${address}:${port}`
}
