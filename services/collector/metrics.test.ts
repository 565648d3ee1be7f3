import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { expect, test } from 'vitest'
import { collectorAtHand, ownEvent } from '../../test/support/collector/open-collector.ts'

const TOKEN = 'a-token-of-a-gateway-that-sends'
const open = await collectorAtHand()
const locked = await collectorAtHand({
  holders: [{ tokenHash: hashSecret(TOKEN), source: 'edge', format: null }],
})
const bearer = { authorization: `Bearer ${TOKEN}` }

test('what was taken and refused is told, and no client of it', async () => {
  await open.post('/v1/events', `[${ownEvent('a')},${ownEvent('b', { status: 'x' })}]`)
  await open.post('/v1/events', 'x', { 'content-encoding': 'br' })
  const response = await fetch(`${open.url}/metrics`)
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  const lines = (await response.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  expect(lines).toEqual([
    'forbruk_collector_in_flight_bytes 0',
    'forbruk_collector_events_total{outcome="accepted"} 1',
    'forbruk_collector_events_total{outcome="rejected"} 1',
    'forbruk_collector_refused_requests_total{reason="request_malformed"} 1',
  ])
})

test('to whoever may send, and to no page of another site', async () => {
  const statusOf = async (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await fetch(`${url}/metrics`, { headers, method })).status
  expect(await statusOf(locked.url)).toBe(401)
  expect(await statusOf(locked.url, { authorization: 'Bearer another' })).toBe(401)
  expect(await statusOf(locked.url, bearer)).toBe(200)
  expect(await statusOf(locked.url, bearer, 'HEAD')).toBe(200)
  expect(await statusOf(locked.url, bearer, 'POST')).toBe(405)
  expect(await statusOf(open.url, { origin: 'https://elsewhere.example' })).toBe(403)
})
