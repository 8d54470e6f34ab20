import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instanceAnswer } from './instance-answer.ts'

// The process of the canned server: sends the same answer to every request until its parent exits.
const folder = mkdtempSync(join(tmpdir(), 'lxdapi-bench-'))
const socketPath = join(folder, 'unix.socket')
const answer = Buffer.from(instanceAnswer)

const server = createServer(socket => {
  // Each request arrives as one chunk: it has no body, and a short header.
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
})
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
// Ctrl-C is sent to both processes; this one exits upon 'disconnect'.
process.on('SIGINT', () => {})
server.listen(socketPath, () => process.send?.(socketPath))
