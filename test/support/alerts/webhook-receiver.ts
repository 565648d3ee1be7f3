import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

type Received = {
  readonly id: string
  readonly isSigned: boolean
  readonly message: { readonly type: string; readonly data: Record<string, unknown> }
}

/** A webhook on this machine, which answers as it is told to and checks signatures by itself. */
export async function startWebhookReceiver(secret: string, answer: (received: Received) => Promise<number>) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const message = {
      id: headerOf(request, 'webhook-id'),
      isSigned: isSigned(request, body, secret),
      message: JSON.parse(body),
    }
    received.push(message)
    response.statusCode = await answer(message)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return {
    url: `http://127.0.0.1:${address.port}/alerts?key=hunter2`,
    received,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function headerOf(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '')
}

/** As a receiver of Standard Webhooks does it. */
function isSigned(request: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = headerOf(request, 'webhook-timestamp')
  const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300
  const signed = `${headerOf(request, 'webhook-id')}.${timestamp}.${body}`
  const expected = createHmac('sha256', secret).update(signed).digest('base64')
  return isRecent && headerOf(request, 'webhook-signature') === `v1,${expected}`
}
