import { expect, test, vi } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll } = useInstallation()
const { open, get, post } = useConsole(place)

/** What a page asks at most: an embedded store answers one statement after the other. */
const QUERIES_MAX = {
  '/v1/overview?month=2026-10': 24,
  '/v1/overview?month=2026-11': 22,
  '/v1/clients?month=2026-10': 3,
  '/v1/clients?month=2026-10&standing=over': 3,
  '/v1/clients/firma?month=2026-10': 10,
  '/v1/usage?client=firma&month=2026-10&by=day': 1,
  '/v1/months': 2,
  '/v1/cases': 4,
  '/v1/waiting': 17,
  '/v1/status': 8,
  '/v1/sources': 6,
  '/v1/rejected': 2,
  '/v1/alerts': 1,
} as const

test('a page asks the store as little as its answer needs, however many months are closed', async () => {
  await countAll()
  await open()
  expect((await post(CLOSE)).status).toBe(200)
  const { store } = place()
  const asked = vi.spyOn(store, 'query')
  const countAsked = async (path: string) => {
    asked.mockClear()
    expect([path, (await get(path)).status]).toEqual([path, 200])
    // Who the caller is, is asked before, whatever the path.
    const ofPath = asked.mock.calls.filter(([sql]) => !sql.includes('FROM access_token'))
    const statements = ofPath.map(([sql, , params]) => JSON.stringify([sql, params]))
    expect(statements.filter((each, index) => statements.indexOf(each) !== index)).toEqual([])
    return statements.length
  }
  for (const [path, max] of Object.entries(QUERIES_MAX))
    expect(await countAsked(path), path).toBeLessThanOrEqual(max)

  for (const month of ['2026-08', '2026-09'])
    await store.command(
      `INSERT INTO month_close SELECT * REPLACE ('${month}' AS month) FROM month_close WHERE month = '2026-10'`,
    )
  for (const path of ['/v1/overview?month=2026-10', '/v1/cases', '/v1/months'] as const)
    expect(await countAsked(path), path).toBeLessThanOrEqual(QUERIES_MAX[path])
})
