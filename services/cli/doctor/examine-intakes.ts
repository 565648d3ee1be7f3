import { openForeignTopic } from '@forbruk/infra/log/open-event-log.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { createLogger } from '@forbruk/infra/runtime/logger.ts'
import { inspectStore } from '@forbruk/infra/store/inspect-store.ts'
import { describeHalt, listHalts } from '@forbruk/intake/list-halts.ts'
import { logSettings, openParts } from '../wiring/parts/open-parts.ts'
import { ok, type Verdict } from './finding.ts'

/** The topics that `up` takes in, and what the marks of any intake say. Of a log and a store that answer. */
export async function examineIntakes(config: Config): Promise<Verdict> {
  const topics = config.intakes.map(intake => intake.get('topic') ?? '')
  const faults = [...(await findUnusable(config, topics)), ...(await findHalts(config))]
  if (faults.length > 0) return { state: 'problem', found: faults.join('\n') }
  return ok(topics.length === 0 ? 'none is set, and none is halted' : `${topics.join(', ')}; none is halted`)
}

async function findUnusable(config: Config, topics: readonly string[]): Promise<string[]> {
  const faults: string[] = []
  for (const topic of topics) {
    try {
      const foreign = await openForeignTopic(logSettings(config.log, createLogger('silent')), topic)
      await foreign.close()
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error))
    }
  }
  return faults
}

async function findHalts(config: Config): Promise<string[]> {
  const { exists, servedAt } = await inspectStore(config.store)
  // Opening it would keep out whoever is to count.
  if (!exists || (config.store.kind === 'embedded' && servedAt === null)) return []
  await using parts = openParts({ readConfig: () => ({ ...config, logLevel: 'silent' }) })
  return (await listHalts(await parts.readableStore(), config.log.topic)).map(describeHalt)
}
