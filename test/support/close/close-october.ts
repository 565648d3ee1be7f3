import { readFileSync } from 'node:fs'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { DEFAULT_TARIFF_URL, readTariff, type Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { z } from 'zod'
import {
  type CloseOptions,
  CloseRefusedError,
  type CloseResult,
  closeMonth,
} from '../../../services/close/close.ts'
import { describeRefusal } from '../../../services/close/gate/refusal.ts'
import { countOctober, type Installation, openInstallation, removeInstallations } from './counted-month.ts'
import { importFolder } from './import-folder.ts'

export const TARIFF = readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default')
/** The published prices with another one for access. */
export function withAccessPrice(pricePerMonth: string): Tariff {
  return {
    ...TARIFF,
    versions: TARIFF.versions.map(each => ({ ...each, externalAccess: { pricePerMonth } })),
  }
}
export const OCTOBER = parseBillingPeriod('2026-10')
const anyRow = z.record(z.string(), z.unknown())

/** A fresh installation for each test of the file, and what tests of the close do with it. */
export function useInstallation() {
  let current: Installation | null = null
  beforeEach(async () => {
    current = await openInstallation()
  })
  afterEach(() => current?.log.close())
  afterAll(removeInstallations)

  const place = (): Installation => {
    if (current === null) throw new Error('an installation is there only inside a test')
    return current
  }
  const clock = () => place().clock.nowMs
  const rows = (sql: string) => place().store.query(sql, anyRow)
  /** Without a month, as a first import or from the current month on. */
  const importAll = (validFrom?: BillingPeriod) => {
    const { store, folder: directory } = place()
    return importFolder({ store, directory, validFrom, timeZone: TARIFF.timeZone, clock })
  }
  /** In `accept` a cause alone is what a dry run shows of it, as for a person who looks first. */
  const close = async ({ accept = [], ...options }: Partial<CloseOptions> = {}): Promise<CloseResult> => {
    const { store, log } = place()
    const asked = { ...{ store, log, tariff: TARIFF, period: OCTOBER, clock }, ...options }
    const causes = accept.filter(each => !each.includes(':'))
    const shown = causes.length === 0 ? [] : (await closeMonth({ ...asked, dryRun: true })).unaccepted
    const ofCauses = shown.filter(name => causes.some(cause => name.startsWith(`${cause}:`)))
    return closeMonth({ ...asked, accept: [...accept, ...ofCauses] })
  }

  /** The reasons for which a close is refused, as sentences; nothing may have been recorded. */
  const refusals = async (options: Partial<CloseOptions> = {}): Promise<string[]> => {
    const error = await close(options).catch(caught => caught)
    expect(error).toBeInstanceOf(CloseRefusedError)
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    return error.refusals.map(describeRefusal)
  }
  const countAll = async (): Promise<void> => {
    await countOctober(place())
    await importAll()
  }
  return { place, rows, importAll, close, refusals, countAll }
}
