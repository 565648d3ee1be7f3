import { describe, expect, it } from 'vitest'
import { useServedUsage } from '../../../test/support/store/served-usage.ts'

const { serve, warnings, url, ask } = useServedUsage()

/** Another caller than the one without a name. */
const OTHER = { 'X-ClickHouse-User': 'another' }

describe('closing', () => {
  it('cancels what runs, begins nothing that waits, and frees the port', async () => {
    const second = await serve()
    const endless = { method: 'POST', body: 'SELECT max(sipHash64(number)) FROM numbers(100000000000)' }
    const asked = Array.from({ length: 5 }, () => fetch(second.url, endless))
    const running = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT max%numbers(1000%'"
    await expect
      .poll(async () => (await fetch(second.url, { method: 'POST', body: running, headers: OTHER })).text())
      .toBe('2\n')
    await second.close()
    const answers = await Promise.all(asked)
    expect(answers.map(({ headers }) => headers.get('x-clickhouse-exception-code'))).toEqual(
      Array(5).fill('394'),
    )
    await expect(fetch(`${second.url}/ping`)).rejects.toThrow()
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })
})

describe('the address', () => {
  it('is named when it is taken, with the variable to change', async () => {
    const port = Number(new URL(url()).port)
    const second = serve(port)
    await expect(second).rejects.toMatchObject({ code: 'ENDPOINT_PORT' })
    await expect(second).rejects.toThrow(
      new RegExp(`127\\.0\\.0\\.1:${port} is in use.*FORBRUK_STORE_LISTEN`),
    )
    expect((await ask('SELECT 1')).text).toBe('1\n')
  })

  it('on loopback needs no warning', () => {
    expect(warnings).toEqual([])
  })
})
