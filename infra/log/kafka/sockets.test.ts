import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { KafkaSockets } from './sockets.ts'

const SILENCE_MAX_MS = 200

async function connectTo(serve: (socket: Socket) => void): Promise<Socket> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sockets = new KafkaSockets(SILENCE_MAX_MS)
  onTestFinished(() => sockets.shut())
  // @ts-expect-error kafkajs declares it as always there, and gives none where no TLS is spoken
  const socket = sockets.connect({ host: '127.0.0.1', port, ssl: undefined, onConnect: () => undefined })
  // As kafkajs listens, which is told of every end.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

test('a connection on which no answer comes is ended, and whoever waits is told', async () => {
  const socket = await connectTo(() => undefined)
  socket.write('a question')
  const [error] = await once(socket, 'error')
  expect(String(error)).toContain('this broker did not answer')
  expect(socket.destroyed).toBe(true)
})

test('one on which all is answered stays, however long nothing is asked', async () => {
  const socket = await connectTo(served => served.on('data', asked => served.write(asked)))
  socket.write('a question')
  await once(socket, 'data')
  await setTimeout(3 * SILENCE_MAX_MS)
  expect(socket.destroyed).toBe(false)
  socket.write('another one')
  expect(String((await once(socket, 'data'))[0])).toBe('another one')
})
