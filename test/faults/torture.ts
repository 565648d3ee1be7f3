import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../../demo/record/random.ts'
import { KafkaEngine } from './compare-kafka-engine.ts'
import { fillDisk } from './fill-disk.ts'
import { EventMaker } from './make-events.ts'
import { Oracle } from './oracle.ts'
import { planFaults } from './plan.ts'
import type { Report } from './print-report.ts'
import { produce, send } from './produce.ts'
import { isInflicted, Schedule } from './schedule.ts'
import { settleIds } from './settle-ids.ts'
import { type Ending, makeAggregators, type ServerSettings, startServers } from './start-servers.ts'
import { Turns } from './turns.ts'
import { verify } from './verify.ts'
import { Progress } from './watch-progress.ts'
import type { World } from './world.ts'

/** Events per second. */
const PACE_MIN = 100
/** After the last fault: what is never caught up with can't be compared. */
const CATCH_UP_MAX_MS = 600_000

type TortureSettings = ServerSettings & {
  /** Lets ClickHouse's own Kafka engine count the same topic. */
  readonly compare: boolean
  readonly say: (line: string) => void
}

/** Everything of one run; in a folder that goes with it. */
export async function torture(settings: TortureSettings): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-faults-'))
  const ending: Ending = []
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await run(settings, folder, ending)
  } finally {
    for (const end of ending.reverse()) await end().catch(error => settings.say(`at the end: ${error}`))
    process.off('exit', remove)
    remove()
  }
}

async function run(settings: TortureSettings, folder: string, ending: Ending): Promise<Report> {
  const { seed, form, compare, say } = settings
  const beganMs = performance.now()
  const diskFull = fillDisk(join(folder, 'disk'))
  ending.push(() => diskFull)
  const servers = await startServers(settings, folder, ending)
  const { brokers, addresses, ownStore, store, log } = servers
  const unplannedEnds = new Map<string, number>()
  const onUnplannedEnd = (what: string) => {
    unplannedEnds.set(what, (unplannedEnds.get(what) ?? 0) + 1)
    say(what)
  }
  const aggregators = await makeAggregators(servers, onUnplannedEnd, ending)
  const engine = new KafkaEngine(join(folder, 'engine'), addresses, log.topic, join(folder, 'engine.err'))
  ending.push(() => engine.stop())
  if (compare) engine.start()
  const world: World = {
    ...{ brokers, addresses },
    store: ownStore,
    aggregators,
    random: seededRandom(seed, 'world'),
    brokerTurns: new Turns(),
    storeTurns: new Turns(),
    onKill: () => engine.killAndRestart(),
  }

  for (const aggregator of aggregators.slice(0, brokers.length === 1 ? 1 : 2)) aggregator.start()
  const oracle = new Oracle()
  const maker = new EventMaker(seed, form, Date.now())
  const progress = new Progress(log, store)
  const steps = planFaults(seed, form)
  const schedule = new Schedule({ steps, world, progress, eventsSent: () => maker.made, say })
  const pace = () => Math.max(PACE_MIN, Math.min(form.eventsPerSecond, maker.left / schedule.secondsLeft()))
  const [faults] = await Promise.all([
    schedule.run(),
    produce({ log, second: servers.second, maker, oracle, pace }),
  ])
  await send(log, maker.marks(), oracle)

  const failures = faults
    .filter(row => !isInflicted(row))
    .map(({ fault, detail }) => `the fault ${fault} ${detail}`)
  const isCaughtUp = await catchUp(progress)
  if (!isCaughtUp) failures.push(`not caught up ${CATCH_UP_MAX_MS / 1_000} s after the last fault`)
  say(`caught up after ${seconds(beganMs).toFixed(0)} s`)
  const codes = await Promise.all(aggregators.map(aggregator => aggregator.stop()))
  for (const code of codes.filter(code => code !== '0')) onUnplannedEnd(`stopped in order, exit code ${code}`)
  const environment = { ...servers.environment, CLICKHOUSE_URL: servers.storeUrl }
  failures.push(...(await settleIds(environment, say)))
  const verdict = await verify(log, store, oracle, environment)
  const records = verdict.totals.find(({ what }) => what === 'records')?.expected ?? 0
  const filled = await diskFull
  return {
    seed,
    form,
    seconds: seconds(beganMs),
    faults,
    unplannedEnds,
    verdict,
    diskFull: filled,
    engine: await engine.finish(records),
    failures: [...failures, ...verdict.failures, ...filled.failures],
  }
}

async function catchUp(progress: Progress): Promise<boolean> {
  const deadlineMs = performance.now() + CATCH_UP_MAX_MS
  return progress.reaches(await progress.ends(() => deadlineMs), () => deadlineMs)
}

function seconds(sinceMs: number): number {
  return (performance.now() - sinceMs) / 1_000
}
