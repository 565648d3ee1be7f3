import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { Random } from '../simulation/random.ts'
import { runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** More with KILLS; other moments with KILLS_SEED. */
const KILLS = Number(process.env.KILLS ?? 13)
const SEED = Number(process.env.KILLS_SEED ?? 20_261_101)

/** Four rounds through all commands, and each kill, on a machine that does much else. */
const TIMEOUT_MS = 300_000 + KILLS * 10_000

const demo = fileURLToPath(new URL('../../demo/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SHIP = ['ship', '--format', 'nginx-json', '--source']
const WAIVE = [
  'rejected',
  'waive',
  '--reason-code',
  'client_missing',
  '--month',
  '2026-10',
  '--reason',
  'answered with 401',
]
const DECIDE = [
  'case',
  'decide',
  'skarvik-ror/2026-10',
  'charge',
  '--amount-nok',
  '100',
  '--without-contact',
  'agreed before',
  '--note',
  'as agreed',
]

/** Every command that writes, in the order of a month. What is killed is started again as a person would. */
const STEPS: readonly (readonly string[])[] = [
  ['stream', 'limits', '--past', '36500d', '--ahead', '36500d'],
  ['registry', 'import', join(demo, 'registry')],
  [...SHIP, 'gateway-1', join(demo, 'gateway-1.access.log.gz')],
  [...SHIP, 'gateway-2', join(demo, 'gateway-2.access.log.gz')],
  ['aggregate', '--until-caught-up'],
  WAIVE,
  ['close', '2026-10'],
  DECIDE,
  ['close', '2026-10'],
  ['statements', 'print', '2026-10', '--out', join(folder, 'pages')],
  ['statements', 'export', '2026-10', '--out', join(folder, 'files')],
  ['audit', '--replay'],
  ['status'],
]

/** Another process of the same command has done it: the decision stands, which is what was asked for. */
const REFUSED = 3

test(
  `${KILLS} kills over every command end in the figures of a month that nobody disturbed`,
  async () => {
    const calm = settingsOf('calm')
    const tookMs: number[] = []
    for (const step of STEPS) {
      const startedMs = performance.now()
      expect(await runForbruk(step, calm), step.join(' ')).toMatchObject({ code: 0 })
      tookMs.push(performance.now() - startedMs)
    }
    const pagesCalm = listFiles()
    rmSync(join(folder, 'pages'), { recursive: true })
    rmSync(join(folder, 'files'), { recursive: true })
    const killed = settingsOf('killed')
    const random = new Random(SEED)
    let kills = 0
    for (const [index, step] of STEPS.entries()) {
      const killsTotal = Math.round((KILLS * (index + 1)) / STEPS.length)
      while (kills < killsTotal) {
        kills++
        // Up to a little longer than it takes: some end before they are killed, which a person can't know either.
        await killAfter(step, killed, random.next() * 1.1 * (tookMs[index] ?? 0))
      }
      const { code, stderr } = await runForbruk(step, killed)
      expect(step === DECIDE ? [0, REFUSED] : [0], `${step.join(' ')}: ${stderr}`).toContain(code)
    }
    expect(await readResult(killed)).toEqual(await readResult(calm))
    expect(listFiles()).toEqual(pagesCalm)
  },
  TIMEOUT_MS,
)

function settingsOf(name: string): Record<string, string> {
  return {
    FORBRUK_DATA_DIR: join(folder, name),
    FORBRUK_TARIFF: join(demo, 'tariff.json'),
    LOG_LEVEL: 'warn',
  }
}

async function killAfter(
  step: readonly string[],
  settings: Record<string, string>,
  waitMs: number,
): Promise<void> {
  const { child } = startForbruk(step, settings)
  const closed = once(child, 'close')
  await Promise.race([delay(waitMs), closed])
  child.kill('SIGKILL')
  await closed
}

function listFiles(): string[] {
  return ['pages', 'files'].flatMap(name => readdirSync(join(folder, name)).sort())
}

/** What a month came to, without the moments at which it did. */
async function readResult(settings: Record<string, string>) {
  const sql = async (query: string) => (await runForbruk(['sql', query], settings)).stdout
  const steps = JSON.parse(
    (await runForbruk(['case', 'show', 'skarvik-ror/2026-10', '--json'], settings)).stdout,
  )
  return {
    usage: await sql(
      'SELECT client_id, integration_id, hour, status_class, requests, bytes FROM usage_hourly ORDER BY ALL',
    ),
    closes: await sql('SELECT DISTINCT revision, content_hash FROM statements ORDER BY revision'),
    rejected: await sql('SELECT reason, state, count() FROM rejected_events GROUP BY ALL ORDER BY ALL'),
    decisions: steps.steps?.map(({ kind }: { kind: string }) => kind),
    announced: countAnnounced(settings),
    audit: (await runForbruk(['audit', '--replay'], settings)).code,
  }
}

/** By record: what was announced twice stands there twice. */
function countAnnounced(settings: Record<string, string>): unknown {
  const database = new DatabaseSync(join(String(settings.FORBRUK_DATA_DIR), 'log.sqlite'), { readOnly: true })
  const query = `SELECT count(*) AS records FROM records JOIN topics USING (topic_id) WHERE name = 'billing.statements'`
  const row = database.prepare(query).get()
  database.close()
  return row
}
