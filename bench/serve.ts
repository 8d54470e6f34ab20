import { createServer } from 'node:net'
import { instanceAnswer } from './instance-answer.ts'

// The program of the canned server: answers every request with the same bytes, until its parent goes away.
const socketPath = String(process.argv[2])
const answer = Buffer.from(instanceAnswer)

const server = createServer(socket => {
  // A request without a body ends with its head, and these heads fit into one packet.
  socket.on('data', () => socket.write(answer))
  socket.on('error', () => socket.destroy())
})
process.on('disconnect', () => process.exit())
server.listen(socketPath, () => process.send?.('ready'))
