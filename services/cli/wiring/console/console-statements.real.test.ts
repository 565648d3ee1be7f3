import { proofShape } from '@forbruk/console/routes/operations.ts'
import { payerStatementShape } from '@forbruk/schemas/statement/payer-statement.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { countOctober, REGISTRY, writeRegistry } from '../../../../test/support/close/counted-month.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, importAll } = useInstallation()
const { open, get, post } = useConsole(place)

describe('statements', () => {
  const EVIL = `Firma <script>alert("x")</script> AS`
  beforeEach(async () => {
    await countOctober(place())
    await writeRegistry(place().folder, {
      'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', `"${EVIL.replaceAll('"', '""')}"`),
    })
    await importAll()
    await open()
    await post(CLOSE)
  })

  test('are listed by payer, page by page', async () => {
    const first = await (await get('/v1/months/2026-10/statements?limit=1')).json()
    expect(first).toMatchObject({
      revision: 1,
      payers: [{ payerId: 'byrå', clients: 2, payableNok: '349.00' }],
    })
    const second = await get(`/v1/months/2026-10/statements?limit=1&after=${encodeURIComponent('byrå')}`)
    expect(await second.json()).toMatchObject({ payers: [{ payerId: 'kunde', clients: 1 }], next: 'kunde' })
    const third = await get('/v1/months/2026-10/statements?limit=1&after=kunde')
    expect(await third.json()).toMatchObject({ payers: [], next: null })
  })

  test('of a payer have its clients, their use by day and what it rests on', async () => {
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}`)
    const statement = payerStatementShape.parse(await answer.json())
    expect(statement.clients.map(each => [each.clientName, each.amountNok, each.requests])).toEqual([
      ['Byrå AS', '200.00', '0'],
      [EVIL, '149.02', '500041'],
    ])
    expect(statement.usage.days).toHaveLength(31)
    expect(statement.usage.days.filter(each => each.requests !== '0')).toEqual([
      { day: '2026-10-15', requests: '500041', bytes: '3' },
    ])
    expect(statement.usage).toMatchObject({ requestsSince: '0', bytesSince: '0' })
    expect(statement).toMatchObject({ number: '2026-10-r1-byrå', vat: { percent: '25', vatNok: '87.25' } })
  })

  test('rest on a proof of the month, which no payer is shown', async () => {
    const proof = proofShape.parse(await (await get('/v1/months/2026-10/proof?revision=1')).json())
    expect(proof.ranges).toEqual([{ partition: 0, firstOffset: '0', nextOffset: '11' }])
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}`)
    const statement = await answer.text()
    expect(statement).toContain(proof.contentHash)
    expect(statement).not.toMatch(/ranges|offset|gw1|gateway\.requests/i)
  })

  test('print as a page on which no name is markup', async () => {
    const answer = await get(`/v1/months/2026-10/statements/${encodeURIComponent('byrå')}.html`)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
    expect(page).toContain('<html lang="nb">')
    const english = await get('/v1/months/2026-10/statements/kunde.html?language=en')
    expect(await english.text()).toContain('This is not an invoice')
    expect(page).not.toContain('<script')
    expect(page).toContain('Firma &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; AS')
  })

  const FILES = [
    ['csv', 'statement_lines', 'text/csv'],
    ['csv-excel', 'statement_lines', 'text/csv'],
    ['json', 'statements', 'application/json'],
    ['parquet', 'statement_adjustments', 'application/vnd.apache.parquet'],
  ] as const
  test('are a file in each format', async () => {
    for (const [format, table, type] of FILES) {
      const answer = await get(`/v1/months/2026-10/export?format=${format}&table=${table}`)
      expect(answer.headers.get('content-type')).toContain(type)
      const bytes = Buffer.from(await answer.arrayBuffer())
      if (format === 'csv') expect(bytes.toString().trimEnd().split('\n')).toHaveLength(7)
      if (format === 'csv-excel') expect(bytes.toString()).toMatch(/^\ufeff"month";.*\r\n[\s\S]*;0,017;0,02;/)
      if (format === 'json') expect(JSON.parse(bytes.toString())).toHaveLength(3)
      if (format === 'parquet') expect([bytes.subarray(0, 4), bytes.subarray(-4)].join()).toBe('PAR1,PAR1')
    }
  })

  const BAD_READS = [
    ['a payer that there is not', '/v1/months/2026-10/statements/nobody', 404, 'not_found'],
    ['a client that another pays for', '/v1/months/2026-10/statements/firma.html', 404, 'not_found'],
    ['a month that is open', '/v1/months/2026-09/statements', 404, 'not_found'],
    [
      'a language that there is not',
      '/v1/months/2026-10/statements/kunde.html?language=de',
      400,
      'request_malformed',
    ],
    ['the proof of a month that is open', '/v1/months/2026-09/proof', 404, 'not_found'],
    ['a revision that there is not', '/v1/months/2026-10/statements?revision=2', 404, 'not_found'],
    ['no month', '/v1/months/2026-13/statements', 400, 'request_malformed'],
    ['SQL for a month', "/v1/months/2026-10'%20OR%201/statements", 400, 'request_malformed'],
    ['SQL for a payer', "/v1/months/2026-10/statements/x'%20OR%20'1'='1", 404, 'not_found'],
    ['a revision that is none', '/v1/months/2026-10/statements?revision=two', 400, 'request_malformed'],
    ['too many payers', '/v1/months/2026-10/statements?limit=100000', 400, 'request_malformed'],
    ['a format that there is not', '/v1/months/2026-10/export?format=xlsx', 400, 'request_malformed'],
    ['a table that there is not', '/v1/months/2026-10/export?table=stream', 400, 'request_malformed'],
    ['a path that there is not', '/v1/nothing', 404, 'not_found'],
    ['a path that is no path', '/v1/months/%zz', 400, 'request_malformed'],
  ] as const
  test('that there are not, or that nobody can ask for so, are told apart', async () => {
    for (const [_what, path, status, kind] of BAD_READS) await expectProblem(await get(path), status, kind)
  })
})
