import type { Running } from './servers.ts'

/** Makes a container and starts it. */
export async function startContainer(
  api: Running['api'],
  name: string,
  image: string,
  devices: Readonly<Record<string, Record<string, string>>> = {},
): Promise<void> {
  const instances = api['1.0'].path('instances')
  await instances.post({ name, source: { type: 'image', fingerprint: image }, devices }).wait()
  await instances.path(name, 'state').put({ action: 'start' }).wait()
}
