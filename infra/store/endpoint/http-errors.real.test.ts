import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { useServedUsage } from '../../../test/support/store/served-usage.ts'

const { ask } = useServedUsage()

describe('an error', () => {
  it.each([
    ['SELECT * FROM no_such', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT no_such FROM usage', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ["SELECT throwIf(1, 'stop')", 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['SELECT 1 FORMAT Nonsense', 404, 73, 'UNKNOWN_FORMAT'],
  ])('of «%s» is HTTP %d, code %d', async (sql, status, code, type) => {
    const answer = await ask(sql)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe(String(code))
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]+\\(${type}\\) \\(version 26\\.`),
    )
  })

  it('is a query that takes too long, answers too much, or is too large', async () => {
    const endless = await ask('SELECT max(sipHash64(number)) FROM numbers(100000000000)', {
      max_execution_time: '0.3',
    })
    expect([endless.status, endless.headers.get('x-clickhouse-exception-code')]).toEqual([408, '159'])
    const many = await ask('SELECT number FROM numbers(100000)', { max_result_rows: '10' })
    expect(many.headers.get('x-clickhouse-exception-code')).toBe('396')
    expect((await ask(`SELECT '${'x'.repeat(1_100_000)}'`)).status).toBe(413)
    const bomb = gzipSync(`SELECT '${'x'.repeat(10_000_000)}'`)
    expect((await ask('', {}, { body: bomb, headers: { 'Content-Encoding': 'gzip' } })).status).toBe(413)
  })
})
