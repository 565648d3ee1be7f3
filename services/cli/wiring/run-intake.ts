import { openForeignTopic, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import { takeIn } from '@forbruk/intake/intake.ts'
import type { RunOptions } from '@forbruk/intake/run-term.ts'
import type { IntakeChoice } from './intake-choice.ts'
import { logSettings, type Parts } from './open-parts.ts'

type Run = Pick<RunOptions, 'untilCaughtUp' | 'signal' | 'onProgress'>

/** Takes a topic in until it is caught up with, or stopped. What it throws ends it. */
export async function runIntake(parts: Parts, choice: IntakeChoice, run: Run): Promise<void> {
  const { config, logger } = parts
  const settings = logSettings(config.log, logger)
  const log = await parts.log()
  const foreign = await openForeignTopic(settings, choice.topic)
  const writer = openSoleWriter(settings, log, `intake.${choice.source}`)
  try {
    const { topic, source } = choice
    const onWarning = (message: string) => logger.warn({ topic, source }, message)
    const onBegin: RunOptions['onBegin'] = partitions =>
      logger.info({ topic, source, partitions }, 'taking in')
    await takeIn({ ...choice, ...run, onBegin, foreign, log, writer, clock: Date.now, onWarning })
  } finally {
    await writer.close()
    await foreign.close()
  }
}
