import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { OpenMeter } from '@openmeter/sdk'
import { expect, test } from 'vitest'
import { collectorAtHand } from '../../test/support/collector/open-collector.ts'

const TOKEN = 'a-token-of-a-service-that-sends'
const holders = [{ tokenHash: hashSecret(TOKEN), source: 'billing-sdk', format: null }]
const time = new Date('2026-11-26T00:00:00.123Z')

test('OpenMeter’s SDK sends to us once its URL is changed', async () => {
  const { url, events } = await collectorAtHand({ holders })
  const openmeter = new OpenMeter({ baseUrl: url, apiKey: TOKEN })
  const data = { status: 200, request_bytes: 5, response_bytes: 7, method: 'GET' }
  await openmeter.events.ingest({ type: 'request', id: 'one', source: 'app', subject: 'acme', time, data })
  await openmeter.events.ingest([
    { type: 'request', id: 'two', source: 'app', subject: 'birk', time, data: { tokens: '12' } },
    { type: 'request', subject: 'cirrus', data },
  ])
  const at = { kind: 'request', source: 'billing-sdk' }
  expect(
    (await events()).toSorted((one, other) => clientOf(one).localeCompare(clientOf(other))),
  ).toMatchObject([
    {
      ...at,
      clientId: 'acme',
      identity: { id: 'app one' },
      timeMs: time.getTime(),
      status: 200,
      responseBytes: 7,
    },
    { ...at, clientId: 'birk', identity: { id: 'app two' }, status: 0, responseBytes: 0 },
    { ...at, clientId: 'cirrus', identity: { kind: 'request_id' } },
  ])
})

const clientOf = (event: object): string => ('clientId' in event ? String(event.clientId) : '')

test('without its key it is told so', async () => {
  const { url, events } = await collectorAtHand({ holders })
  const openmeter = new OpenMeter({ baseUrl: url, apiKey: 'another-key-than-expected' })
  await expect(openmeter.events.ingest({ type: 'request', subject: 'acme' })).rejects.toThrow(
    /Unauthorized|401/,
  )
  expect(await events()).toEqual([])
})

test('the paths of OpenMeter answer as it does, to its content types', async () => {
  const { post } = await collectorAtHand()
  const event = { specversion: '1.0', type: 'request', id: 'x', source: 'kong', subject: 'acme', time }
  const send = (path: string, type: string, body: unknown) =>
    post(path, JSON.stringify(body), { 'content-type': type }).then(({ status }) => status)
  expect(await send('/api/v1/events', 'application/cloudevents+json', event)).toBe(204)
  expect(await send('/api/v1/events', 'application/cloudevents-batch+json', [event])).toBe(204)
  expect(await send('/api/v1/events', 'application/json', [event])).toBe(204)
  expect(await send('/api/v3/openmeter/events', 'application/cloudevents+json', event)).toBe(202)
})
