import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { expect, test } from 'vitest'
import { collectorAtHand, ownEvent } from '../../test/support/collector/open-collector.ts'
import { until } from '../../test/support/wait/until.ts'

const tokenOf = (source: string) => `a-token-of-the-source-${source}`
const bearer = (source: string) => ({ authorization: `Bearer ${tokenOf(source)}` })
const holders = ['slow', 'other', 'third'].map(source => ({
  ...{ tokenHash: hashSecret(tokenOf(source)), source, format: null },
}))
/** How many bodies of one source fit whose size nobody knows before they are here. */
const FIT = 8

test('while the log takes nothing there is 429 for who fills his share, and room for others', async () => {
  let goOn = () => {}
  const held = new Promise<void>(resolve => {
    goOn = resolve
  })
  const appended: number[] = []
  const collector = await collectorAtHand({
    holders,
    before: append => async records => {
      appended.push(records.length)
      await held
      return append(records)
    },
  })
  const large = `${ownEvent('large')}${' '.repeat(8 * 1_048_576 - 200)}`
  const send = (source: string, body: string) => collector.post('/v1/events', body, bearer(source))
  const open = hangBodies(collector.url, 'slow', FIT)
  await until(
    async () => (await send('slow', ownEvent('tried'))).status === 429,
    () => 'no 429',
  )
  const refused = await send('slow', ownEvent('refused'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ type: 'urn:forbruk:problem:too_much_in_flight' })

  const waiting = [send('other', ownEvent('waits')), send('other', large)]
  await until(
    () => appended.length > 0,
    () => 'nothing was appended',
  )
  for (const socket of open) socket.destroy()
  await until(
    async () => (await send('slow', '')).status === 200,
    () => 'the room of who went away is not free',
  )
  goOn()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
  // What came while the first append was held up went with the next one.
  expect(appended.length).toBeLessThanOrEqual(3)
})

/** Senders that begin a body, say nothing of its length, and send no more of it. */
function hangBodies(url: string, source: string, count: number) {
  const { host, port } = new URL(url)
  return Array.from({ length: count }, () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    const authorization = `authorization: Bearer ${tokenOf(source)}`
    socket.write(
      `POST /v1/events HTTP/1.1\r\nhost: ${host}\r\n${authorization}\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n`,
    )
    return socket
  })
}

test('a log that fails is told as that, and the same may be sent again', async () => {
  let fails = true
  const collector = await collectorAtHand({
    before: append => async records => {
      if (fails) throw new EventLogError('the disk is full of secrets')
      return append(records)
    },
  })
  const failed = await collector.post('/v1/events', ownEvent('again'))
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await failed.text()).not.toContain('secrets')
  expect(collector.said()).toContain('the disk is full')
  fails = false
  expect((await collector.post('/v1/events', ownEvent('again'))).status).toBe(200)
  expect(await collector.events()).toHaveLength(1)
})

test('a bomb is refused, and the collector goes on', async () => {
  const collector = await collectorAtHand()
  const bomb = gzipSync(Buffer.alloc(64 * 1_048_576))
  const response = await collector.post('/v1/events', bomb, { 'content-encoding': 'gzip' })
  expect(response.status).toBe(413)
  expect((await collector.post('/v1/events', ownEvent('after'))).status).toBe(200)
})

test('a body that goes on and on is answered while it is still being sent', async () => {
  const collector = await collectorAtHand()
  const socket = connect(Number(new URL(collector.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('POST /v1/events HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n')
  const piece = Buffer.alloc(1_048_576, 0x20)
  for (let sent = 0; sent < 9; sent++) {
    socket.write(`${piece.length.toString(16)}\r\n`)
    socket.write(piece)
    socket.write('\r\n')
  }
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('413 Payload Too Large')
  socket.destroy()
})
