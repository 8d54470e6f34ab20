import { createServer, type Server } from 'node:net'

/** A server that answers each query of a PostgreSQL client with one row of one text: `answer`. */
export function createPostgres(answer: string): Server {
  return createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), READY]))
      socket.on('data', chunk => {
        if (chunk[0] !== 'Q'.charCodeAt(0)) return socket.end()
        return socket.write(
          Buffer.concat([COLUMN, row(answer), message('C', Buffer.from('SELECT 1\0')), READY]),
        )
      })
    })
  })
}

function message(type: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(content.length + 4), content])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function row(text: string): Buffer {
  return message('D', Buffer.concat([Buffer.from([0, 1]), int32(text.length), Buffer.from(text)]))
}

const READY = message('Z', Buffer.from('I'))
// One column `answer`, whose type has the number of text.
const TEXT_TYPE = [0, 0, 0, 25]
const COLUMN = message(
  'T',
  Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.from('answer\0'),
    Buffer.from([...Array(6).fill(0), ...TEXT_TYPE, ...Array(8).fill(0)]),
  ]),
)
