import { once } from 'node:events'
import { request } from 'node:http'
import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { REGISTRY } from '../../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { until } from '../../../../test/support/wait/until.ts'

const { place, rows } = useInstallation()
const { open, post, url } = useConsole(place)

describe('the registry', () => {
  const TABLES = {
    clients: REGISTRY['clients.csv'],
    partners: REGISTRY['partners.csv'],
    integrations: REGISTRY['integrations.csv'],
    activations: REGISTRY['activations.csv'],
  }
  beforeEach(() => open())

  test('is imported, from a month on', async () => {
    const answer = await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })
    expect(await answer.json()).toEqual({
      outcome: 'imported',
      sequence: 1,
      validFrom: '2026-10',
      monthsBehind: [],
      clients: 3,
      partners: 1,
      integrations: 3,
      activations: 4,
    })
    expect(await (await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })).json()).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('with mistakes is refused whole, each named by file, line and column', async () => {
    const clients = `${TABLES.clients}ny,,ukjent,kanskje\n`
    const problem = await expectProblem(
      await post('/v1/registry', { ...TABLES, clients }),
      422,
      'registry_faulty',
    )
    expect(problem.faults).toContainEqual(
      expect.objectContaining({ file: 'clients.csv', line: 5, column: 'collective_invoice' }),
    )
    expect(await rows('SELECT * FROM registry_import')).toEqual([])
  })

  test('with very many mistakes has its first thousand mistakes, and the others counted', async () => {
    const clients = `${TABLES.clients}${' ,,x,y\n'.repeat(40_000)}`
    const activations = `${TABLES.activations}${' ,,x,y\n'.repeat(30_000)}`
    const answer = await post('/v1/registry', { ...TABLES, clients, activations })
    const problem = await expectProblem(answer, 422, 'registry_faulty')
    expect(problem.faults).toHaveLength(1_000)
    expect(problem.faultCount).toBeGreaterThan(200_000)
    expect(await rows('SELECT * FROM registry_import')).toEqual([])
  })

  test('that is no JSON, none at all, or larger than any, is told so; the next one is taken', async () => {
    for (const body of ['{"clients":', '', '[]', '{"clients":"\\ud800"}'])
      await expectProblem(await post('/v1/registry', body), 400, 'request_malformed')
    const piece = new Uint8Array(1_048_576)
    const stream = ReadableStream.from(
      (function* () {
        for (let count = 0; count < 80; count += 1) yield piece
      })(),
    )
    const large = await send(stream).catch(() => null)
    // A connection may be closed before all of it was sent.
    if (large !== null) await expectProblem(large, 413, 'request_malformed')
    expect(await rows('SELECT * FROM registry_import')).toEqual([])
    expect((await post('/v1/registry', TABLES)).status).toBe(200)
  })

  test('is imported one at a time; one that breaks off keeps no place', async () => {
    const first = request(`${url()}/v1/registry`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', expect: '100-continue' } },
    })
    first.on('error', () => {}).flushHeaders()
    await once(first, 'continue')
    first.write('{"clients":"')
    await expectProblem(await post('/v1/registry', TABLES), 409, 'import_running')
    first.destroy()
    await until(
      async () => (await post('/v1/registry', TABLES)).status === 200,
      () => 'the first import was never given up',
    )
  })

  const send = (body: ReadableStream) =>
    fetch(`${url()}/v1/registry`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' },
    })

  test('without a file, or with another, is told so', async () => {
    const { partners: _, ...some } = TABLES
    const problem = await expectProblem(await post('/v1/registry', some), 400, 'request_malformed')
    expect(problem.detail).toContain('partners')
    await expectProblem(await post('/v1/registry', { ...TABLES, more: '' }), 400, 'request_malformed')
    await expectProblem(
      await post('/v1/registry', { ...TABLES, validFrom: 'soon' }),
      400,
      'request_malformed',
    )
  })
})
