import { Decimal } from 'decimal.js'
import type { StatusClass } from '../event/status-class.ts'
import { readJson } from '../json/read-json.ts'
import { type Tariff, type TariffVersion, tariffShape } from './tariff-shape.ts'

export {
  type IntegrationRule,
  type Tariff,
  type TariffVersion,
  tariffVersionShape,
} from './tariff-shape.ts'

/** The tariff that holds when no other is named. */
export const DEFAULT_TARIFF_URL = new URL('./default-tariff.json', import.meta.url)

/** The tariff file is wrong; `faults` names every mistake by JSON path, value and what was expected. */
export class TariffError extends Error {
  override name = 'TariffError'
  readonly faults: readonly string[]
  constructor(name: string, faults: readonly string[]) {
    super(`the tariff ${name} can't be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** Reads a tariff file's text. `name` is what errors call it. Throws TariffError with every mistake. */
export function readTariff(text: string, name: string): Tariff {
  const reading = readJson(text, tariffShape, `a tariff as in ${DEFAULT_TARIFF_URL.pathname}`)
  if (reading.ok) return reading.value
  throw new TariffError(name, reading.faults)
}

/** The version a month (`YYYY-MM`) is rated with; null when the month is before the first. */
export function findTariffVersion(tariff: Tariff, month: string): TariffVersion | null {
  return tariff.versions.findLast(({ validFrom }) => validFrom <= month) ?? null
}

/** Bytes included per client and month: a whole number. */
export function allowanceBytes(version: Pick<TariffVersion, 'consumption' | 'definitions'>): bigint {
  const gigabytes = new Decimal(version.consumption.allowance.gigabytes)
  return BigInt(gigabytes.times(version.definitions.gigabyteBytes).toFixed())
}

/**
 * What is counted against no allowance, by its status: what the tariff leaves out, and whoever has not shown to be the
 * client, which no tariff can charge.
 */
export function classesNotCounted({
  definitions,
}: Pick<TariffVersion, 'definitions'>): ReadonlySet<StatusClass> {
  const chosen: readonly StatusClass[] = definitions.statusClassesNotCounted
  return new Set([...chosen, ...(chosen.includes('4xx') ? (['429'] as const) : []), '401/407'])
}
