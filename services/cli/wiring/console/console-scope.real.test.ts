import type { NewToken } from '@forbruk/schemas/access/access-token.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { REGISTRY, writeRegistry } from '../../../../test/support/close/counted-month.ts'
import { importFolder } from '../../../../test/support/close/import-folder.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'
import { createAccessOperations } from './access-operations.ts'

const { place, countAll } = useInstallation()
const { open, post, url } = useConsole(place)

const madeShape = z.looseObject({ secret: z.string() })
const usageShape = z.looseObject({
  rows: z.array(
    z.looseObject({ at: z.string().nullable(), clientId: z.string().nullable(), requests: z.string() }),
  ),
})

async function make(more: Partial<NewToken> & { readonly name: string }): Promise<string> {
  const { store, clock } = place()
  const none = { roles: ['reader' as const], clientId: null, partnerId: null, expiresAfterDays: null }
  const operations = createAccessOperations(store, () => clock.nowMs)
  return madeShape.parse(await operations.makeToken({ ...none, ...more }, 'kari')).secret
}

const ask = (path: string, secret: string) =>
  fetch(`${url()}${path}`, { headers: { authorization: `Bearer ${secret}` } })

async function usage(secret: string, query: string) {
  const answer = await ask(`/v1/usage?${query}`, secret)
  expect(answer.status, query).toBe(200)
  return usageShape
    .parse(await answer.json())
    .rows.map(({ at, clientId, requests }) =>
      [at, clientId, requests].filter(each => each !== null).join(' '),
    )
}

let admin = ''
beforeEach(async () => {
  await countAll()
  admin = await make({ name: 'admin', roles: ['admin'] })
  await open()
})

describe('usage', () => {
  const ALL = 'from=2026-09-01&to=2026-12-01&by=month&split=client'

  test('of a client is its own, in its rows and in their sums', async () => {
    const kunde = await make({ name: 'kunde', clientId: 'kunde' })
    expect(await usage(admin, 'month=2026-10&split=client')).toEqual(['firma 500041', 'kunde 3'])
    expect(await usage(kunde, 'month=2026-10&split=client')).toEqual(['kunde 3'])
    expect(await usage(kunde, 'month=2026-10')).toEqual(['3'])
    expect(await usage(kunde, 'month=2026-10&client=kunde&split=integration')).toEqual(['3'])
    const other = await ask('/v1/usage?month=2026-10&client=kunde&client=firma', kunde)
    const none = await ask('/v1/usage?month=2026-10&client=kunde&client=nobody', kunde)
    expect(await expectProblem(other, 403, 'scope_exceeded')).toEqual(
      await expectProblem(none, 403, 'scope_exceeded'),
    )
  })

  test('of a partner is that of its clients, each in the months in which it has them', async () => {
    const byrå = await make({ name: 'byra', partnerId: 'byrå' })
    const september = '2026-09 firma 7'
    expect(await usage(byrå, ALL)).toEqual([
      september,
      '2026-10 firma 500041',
      '2026-10 kunde 3',
      '2026-11 firma 9',
    ])
    // From October on firma is with nobody, from November on with byrå again.
    await importFrom('2026-10', 'firma,Firma AS,,no')
    await importFrom('2026-11', 'firma,Firma AS,byrå,yes')
    expect(await usage(byrå, ALL)).toEqual([september, '2026-10 kunde 3', '2026-11 firma 9'])
    expect(await usage(byrå, 'from=2026-09-01&to=2026-12-01')).toEqual(['19'])
    expect(await usage(byrå, `${ALL}&client=firma`)).toEqual([september, '2026-11 firma 9'])
    const lost = await ask('/v1/usage?month=2026-10&client=firma', byrå)
    const none = await ask('/v1/usage?month=2026-10&client=nobody', byrå)
    expect(await expectProblem(lost, 403, 'scope_exceeded')).toEqual(
      await expectProblem(none, 403, 'scope_exceeded'),
    )
  })

  test('of a partner that there is not is none', async () => {
    expect(await usage(await make({ name: 'none', partnerId: 'nobody' }), ALL)).toEqual([])
  })

  async function importFrom(month: string, firma: string) {
    const { store, folder: directory, clock } = place()
    const clients = REGISTRY['clients.csv'].replace('firma,Firma AS,byrå,yes', firma)
    await writeRegistry(directory, { 'clients.csv': clients })
    const validFrom = parseBillingPeriod(month)
    const timeZone = 'Europe/Oslo'
    await importFolder({ store, directory, validFrom, timeZone, clock: () => clock.nowMs })
  }
})

describe('statements', () => {
  const LIST = '/v1/months/2026-10/statements'
  const listShape = z.looseObject({ payers: z.array(z.looseObject({ payerId: z.string() })) })
  const payers = async (secret: string) => {
    const answer = await ask(LIST, secret)
    expect(answer.status).toBe(200)
    return listShape.parse(await answer.json()).payers.map(({ payerId }) => payerId)
  }
  const authorization = () => ({ authorization: `Bearer ${admin}` })

  test('are those on which nothing stands that a token doesn’t see', async () => {
    await post(CLOSE, {}, authorization())
    const [firma, kunde, byråAlone, byrå] = await Promise.all([
      make({ name: 'firma', clientId: 'firma' }),
      make({ name: 'kunde', clientId: 'kunde' }),
      make({ name: 'byra-alone', clientId: 'byrå' }),
      make({ name: 'byra', partnerId: 'byrå' }),
    ])
    expect(await payers(admin)).toEqual(['byrå', 'kunde'])
    expect(await payers(kunde)).toEqual(['kunde'])
    // Firma's lines stand on byrå's, which has byrå's own as well.
    expect(await payers(firma)).toEqual([])
    expect(await payers(byråAlone)).toEqual([])
    expect(await payers(byrå)).toEqual(['byrå', 'kunde'])

    expect((await ask(`${LIST}/kunde`, kunde)).status).toBe(200)
    expect((await ask(`${LIST}/kunde.html`, kunde)).status).toBe(200)
    for (const path of [
      `${LIST}/byr%C3%A5`,
      `${LIST}/byr%C3%A5.html`,
      `${LIST}/nobody`,
      `${LIST}/nobody.html`,
    ])
      await expectProblem(await ask(path, kunde), 404, 'not_found')
    expect((await ask(`${LIST}/byr%C3%A5`, byrå)).status).toBe(200)

    for (const table of ['statements', 'statement_lines', 'statement_adjustments']) {
      const csv = await (await ask(`/v1/months/2026-10/export?table=${table}`, kunde)).text()
      expect(csv).not.toContain('firma')
      expect(csv.includes('kunde')).toBe(table !== 'statement_adjustments')
    }
  })

  test('are seen once they are announced, and the newest of those is the newest', async () => {
    const kunde = await make({ name: 'kunde', clientId: 'kunde' })
    await open({ wrap: close => request => close({ ...request, announce: 'after-approval' }) })
    await post(CLOSE, {}, authorization())
    expect((await ask(LIST, admin)).status).toBe(200)
    for (const path of [LIST, `${LIST}?revision=1`, `${LIST}/kunde`, `${LIST}/kunde.html?revision=1`])
      await expectProblem(await ask(path, kunde), 404, 'not_found')
    await expectProblem(await ask('/v1/months/2026-10/export', kunde), 404, 'not_found')
  })
})
