import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { believeAnyTime, forbruk } from '../../support/process/run-forbruk.ts'
import { type Expected, expectStatements, type Seen } from './expect-statements.ts'
import { type RandomClient, type RandomMonth, randomMonth } from './random-month.ts'
import { writeLog, writeRegistry, writeTariff } from './write-month.ts'

/** More with RANDOM_MONTHS; another seed with RANDOM_MONTHS_SEED. */
const MONTHS = Number(process.env.RANDOM_MONTHS ?? 3)
const SEED = Number(process.env.RANDOM_MONTHS_SEED ?? 20_261_001)
const EACH_MS = 120_000

test(
  'a random month comes to what the price list says, by the commands that a user types',
  async () => {
    // Each takes half a minute: a failing month is shown as it is, and none smaller is looked for.
    const settings = { numRuns: MONTHS, seed: SEED, endOnFailure: true }
    await fc.assert(fc.asyncProperty(randomMonth, closeTwice), settings)
  },
  MONTHS * EACH_MS,
)

async function closeTwice(month: RandomMonth): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-random-'))
  try {
    const run = await prepare(folder, month)
    await run.count('first.log', month.first)
    const before = expectStatements(month, month.first, new Map())
    expect(await run.close()).toEqual(before.map(toShown))

    const seenBy = new Map<string, Seen>()
    for (const client of month.clients) {
      const statement = before.find(({ clientId }) => clientId === client.id)
      if (statement === undefined || statement.proposed === 0n) continue
      if (await run.decide(client, statement)) seenBy.set(client.id, statement)
    }
    await run.count('late.log', month.late)
    const all = [...month.first, ...month.late]
    expect(await run.close()).toEqual(expectStatements(month, all, seenBy).map(toShown))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepare(folder: string, month: RandomMonth) {
  const settings = {
    FORBRUK_DATA_DIR: join(folder, 'data'),
    FORBRUK_TARIFF: join(folder, 'tariff.json'),
    LOG_LEVEL: 'warn',
  }
  writeRegistry(join(folder, 'registry'), month)
  writeTariff(settings.FORBRUK_TARIFF, month)
  await believeAnyTime(settings)
  await forbruk(['registry', 'import', join(folder, 'registry')], settings)

  /** Shipped twice: what comes again is no new request. */
  async function count(name: string, requests: RandomMonth['first']): Promise<void> {
    const file = join(folder, name)
    writeLog(file, requests)
    const ship = ['ship', '--format', 'nginx-json', '--source', 'gateway', file]
    await forbruk(ship, settings)
    await forbruk(ship, settings)
    await forbruk(['aggregate', '--until-caught-up'], settings)
  }

  async function close(): Promise<Shown[]> {
    const { statements } = JSON.parse(await forbruk(['close', '2026-10', '--json'], settings))
    return statements.map((each: Shown) => pick(each))
  }

  /** False where the client's decision is to wait. */
  async function decide({ id, decision }: RandomClient, { proposed }: Expected): Promise<boolean> {
    if (decision === 'none') return false
    const half = ['--amount-nok', toNok(proposed / 2n)]
    const outcome = decision === 'waive' ? ['waive'] : ['charge', ...(decision === 'half' ? half : [])]
    const caseId = `${id}/2026-10`
    await forbruk(['case', 'contact', caseId, '--note', 'called'], settings)
    await forbruk(['case', 'decide', caseId, ...outcome, '--note', 'as agreed'], settings)
    return true
  }
  return { count, close, decide }
}

type Shown = Record<
  'clientId' | 'payerId' | 'requests' | 'meteredRequests' | 'meteredBytes' | 'payableNok' | 'proposedNok',
  string
>

function pick({ clientId, payerId, requests, ...rest }: Shown): Shown {
  const { meteredRequests, meteredBytes, payableNok, proposedNok } = rest
  return { clientId, payerId, requests, meteredRequests, meteredBytes, payableNok, proposedNok }
}

function toShown({ clientId, payerId, requests, ...rest }: Expected): Shown {
  return {
    ...{ clientId, payerId, requests: String(requests) },
    ...{ meteredRequests: String(rest.meteredRequests), meteredBytes: String(rest.meteredBytes) },
    ...{ payableNok: toNok(rest.payable), proposedNok: toNok(rest.proposed) },
  }
}

function toNok(ore: bigint): string {
  return `${ore / 100n}.${String(ore % 100n).padStart(2, '0')}`
}
