import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instanceAnswer } from './instance-answer.ts'

// The program of the canned server: answers every request with the same bytes, until its parent is gone.
const folder = mkdtempSync(join(tmpdir(), 'lxdapi-bench-'))
const socketPath = join(folder, 'unix.socket')
const answer = Buffer.from(instanceAnswer)

const server = createServer(socket => {
  // A request without a body ends with its head, and these heads fit into one packet.
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
})
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
// Ctrl-C reaches both processes; this one then hears that the other has ended.
process.on('SIGINT', () => {})
server.listen(socketPath, () => process.send?.(socketPath))
