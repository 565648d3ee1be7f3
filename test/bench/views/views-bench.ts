/**
 * What the usage views cost as months add up: `npm run bench:views -- [--months 3,24,60] [--rows N] [--rounds N]`.
 * The same questions go to a plain table of the same rows, by hours, which is how it answers fastest.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { addMonth, makeTables } from './fill-months.ts'
import { type Question, questionsOf } from './questions.ts'

/** Wall and CPU time of all threads, which other work on the machine lengthens less. */
type Cost = { readonly ms: number; readonly cpuMs: number }
type Answered = { readonly months: number; readonly name: string; readonly view: Cost; readonly plain: Cost }

const { values } = parseArgs({
  options: {
    months: { type: 'string', default: '3,24,60' },
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
})
const sizes = values.months.split(',').map(text => readCount('months', text))
const [rows, rounds] = [readCount('rows', values.rows), readCount('rounds', values.rounds)]
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-views-'))
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
try {
  await migrate(store, MIGRATIONS, Date.now)
  await makeTables(store)
  const answered: Answered[] = []
  let kept = 0
  for (const months of sizes) {
    // From the oldest on: the newest is open when the questions are asked, and closed after the next one.
    while (kept < months) await addMonth(store, { month: kept++, rows, isOpen: kept === months })
    for (const question of questionsOf(months)) answered.push(await ask(store, months, question))
  }
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end`
  if (values.json) process.stdout.write(`${JSON.stringify({ rows, rounds, machine, answered }, null, 2)}\n`)
  else print(answered, machine)
} finally {
  await store.close()
  await rm(folder, { recursive: true, force: true })
}

/** In turn, so that a busy moment meets both; the cheapest round counts. Both must answer the same. */
async function ask(asked: Store, months: number, { name, view, plain }: Question): Promise<Answered> {
  const costs: { view: Cost; plain: Cost }[] = []
  for (let round = 0; round < rounds; round++) {
    const ofView = await measure(asked, view)
    const ofPlain = await measure(asked, plain)
    if (ofView.answer !== ofPlain.answer)
      throw new Error(
        `${name}, ${months} months: the view answered ${ofView.answer}, the table ${ofPlain.answer}`,
      )
    costs.push({ view: ofView, plain: ofPlain })
  }
  return {
    months,
    name,
    view: least(costs.map(cost => cost.view)),
    plain: least(costs.map(cost => cost.plain)),
  }
}

async function measure(asked: Store, sql: string): Promise<Cost & { readonly answer: string }> {
  const started = performance.now()
  const cpuBefore = process.cpuUsage()
  const answer = await asked.queryText(sql, 'TSV')
  const { user, system } = process.cpuUsage(cpuBefore)
  return { answer, ms: performance.now() - started, cpuMs: (user + system) / 1_000 }
}

function least(costs: readonly Cost[]): Cost {
  return { ms: Math.min(...costs.map(cost => cost.ms)), cpuMs: Math.min(...costs.map(cost => cost.cpuMs)) }
}

function print(answered: readonly Answered[], machine: string): void {
  process.stdout.write(`${rows} rows of the usage rollup a month; cheapest of ${rounds}; ${machine}\n\n`)
  process.stdout.write(
    '| question | months kept | view, ms | its CPU ms | plain table, ms | its CPU ms | ratio of CPU |\n',
  )
  process.stdout.write('| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n')
  for (const { months, name, view, plain } of answered) {
    const figures = [view.ms, view.cpuMs, plain.ms, plain.cpuMs].map(ms => ms.toFixed(0))
    const ratio = (view.cpuMs / plain.cpuMs).toFixed(1)
    process.stdout.write(`| ${[name, months, ...figures, ratio].join(' | ')} |\n`)
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= 100_000_000) return count
  process.stderr.write(`--${name} ${text}: expected a whole number from 1 to 100000000\n`)
  process.exit(2)
}
