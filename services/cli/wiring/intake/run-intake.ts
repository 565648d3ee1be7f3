import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { openForeignTopic, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import { openSignBoard } from '@forbruk/infra/signs/sign-board.ts'
import { takeIn } from '@forbruk/intake/intake.ts'
import type { RunOptions } from '@forbruk/intake/run-term.ts'
import { logSettings, type Parts } from '../parts/open-parts.ts'
import type { IntakeChoice } from './intake-choice.ts'

type Run = Pick<RunOptions, 'untilCaughtUp' | 'signal' | 'onProgress'>

/** Takes a topic in until it is caught up with, or stopped. What it throws ends it. */
export async function runIntake(parts: Parts, choice: IntakeChoice, run: Run): Promise<void> {
  const { config, logger } = parts
  const { topic, source } = choice
  const settings = logSettings(config.log, logger)
  const log = await parts.log()
  await takeIn({
    ...choice,
    ...run,
    log,
    foreignTopic: topic,
    openForeign: () => openForeignTopic(settings, topic),
    openWriter: () => openSoleWriter(settings, log, `intake.${source}`),
    board: await openBoard(parts, choice),
    self: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    sleep: (delayMs, signal) => setTimeout(delayMs, undefined, { signal }).catch(() => undefined),
    clock: Date.now,
    onBegin: partitions => logger.info({ topic, source, partitions }, 'taking in'),
    onWarning: message => logger.warn({ topic, source }, message),
  })
}

/** An embedded store belongs to one process: of several intakes beside it the one that began last goes on. */
async function openBoard(parts: Parts, { topic, source }: IntakeChoice) {
  if (parts.config.store.kind === 'embedded') return null
  return openSignBoard(await parts.store(), `${parts.config.log.topic} intake of ${source} from ${topic}`)
}
