import { SingleBar } from 'cli-progress'
import { API, type Progress } from '../src/index.ts'

// Creates an instance from an image of the local server, with a progress bar for what the server tells of it:
//
//   npx tsx examples/progress.ts <alias of the image> <name>

const [alias, name] = process.argv.slice(2)
if (alias === undefined || name === undefined) throw new Error('Give the alias of an image and a name')

await using api = API.factory()
const bar = new SingleBar({ format: '{bar} {percentage} % {text}', hideCursor: true })
bar.start(100, 0, { text: '' })
try {
  const source = { type: 'image', alias } as const
  await api['1.0'].instances.post({ name, source }).wait({ onProgress: show })
} finally {
  bar.stop()
}

function show({ percent = 0, text }: Progress): void {
  bar.update(percent, { text })
}
