import { describe, expect, it } from 'vitest'
import { useServedUsage } from '../../../test/support/store/served-usage.ts'

const { store, ask } = useServedUsage()

describe('many at once', () => {
  it('lets some run, some wait, and refuses the rest with a 503', async () => {
    const slow = 'SELECT sleepEachRow(0.05) FROM numbers(6)'
    const answers = await Promise.all(Array.from({ length: 48 }, () => ask(slow)))
    const refused = answers.filter(({ status }) => status === 503)
    // The first may be answered while the last arrive.
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(48 - refused.length)
    expect(refused[0]?.headers.get('x-clickhouse-exception-code')).toBe('202')
  })

  it('keeps parameters and settings of requests apart from each other and from the store’s own queries', async () => {
    const numbers = Array.from({ length: 24 }, (_, index) => String(index))
    const answers = await Promise.all(
      numbers.flatMap(n => [
        ask('SELECT {n:String}', { param_n: n }).then(({ text }) => text.trim()),
        store()
          .queryText('SELECT {n:String}', 'TSV', { n: `own ${n}` })
          .then(text => text.trim()),
      ]),
    )
    expect(answers).toEqual(numbers.flatMap(n => [n, `own ${n}`]))
  })

  it('stops a query whose client has gone', async () => {
    const marker = 'SELECT max(sipHash64(number)) FROM numbers(100000000000)'
    const gone = ask(marker, {}, { signal: AbortSignal.timeout(300) })
    await expect(gone).rejects.toThrow(/timeout|aborted/)
    await expect
      .poll(async () => (await ask(`SELECT count() FROM system.processes WHERE query = '${marker}'`)).text, {
        timeout: 5_000,
      })
      .toBe('0\n')
  })
})
