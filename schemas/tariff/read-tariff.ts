import { Decimal } from 'decimal.js'
import type { z } from 'zod'
import { type Tariff, type TariffVersion, tariffShape } from './tariff-shape.ts'

export {
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
  const json = parseJson(text, name)
  const result = tariffShape.safeParse(json)
  if (result.success) return result.data
  throw new TariffError(
    name,
    result.error.issues.flatMap(issue => describeIssue(issue, json)),
  )
}

/** The version a month (`YYYY-MM`) is rated with. Throws TariffError when the month is before the first. */
export function tariffVersionFor(tariff: Tariff, month: string): TariffVersion {
  const version = tariff.versions.findLast(candidate => candidate.validFrom <= month)
  if (version !== undefined) return version
  const first = tariff.versions[0]?.validFrom ?? 'never'
  throw new TariffError('in use', [`it holds from ${first}; expected a version that holds in ${month}`])
}

/** Bytes included per client and month: a whole number. */
export function allowanceBytes(version: Pick<TariffVersion, 'consumption' | 'definitions'>): bigint {
  const gigabytes = new Decimal(version.consumption.allowance.gigabytes)
  return BigInt(gigabytes.times(version.definitions.gigabyteBytes).toFixed())
}

function parseJson(text: string, name: string): unknown {
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TariffError(name, [
      `$ is no JSON (${reason}); expected a tariff as in ${DEFAULT_TARIFF_URL.pathname}`,
    ])
  }
}

function describeIssue(issue: z.core.$ZodIssue, json: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => `${jsonPath([...issue.path, key])} is unknown; expected no such field`)
  }
  return [`${jsonPath(issue.path)} is ${show(valueAt(json, issue.path))}; expected ${issue.message}`]
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    '$',
  )
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  )
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
