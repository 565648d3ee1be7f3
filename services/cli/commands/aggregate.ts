import { aggregate } from '@forbruk/aggregator/aggregate.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command } from 'commander'
import { z } from 'zod'
import { type CommandContext, openParts, type Parts } from '../open-parts.ts'
import { groupDigits, printLine } from '../print.ts'
import { startProgressBar } from '../progress-bar.ts'

export function aggregateCommand(context: CommandContext): Command {
  return new Command('aggregate')
    .description('count the event log into the store, until stopped')
    .option('--until-caught-up', 'stop when everything in the log at the start is counted', false)
    .action(async (options: { untilCaughtUp: boolean }) => {
      await using parts = openParts(context)
      const bar = startProgressBar('counting')
      try {
        await aggregate({
          log: await parts.log(),
          store: await parts.store(),
          logger: parts.logger,
          signal: signalOfShutdown(),
          untilCaughtUp: options.untilCaughtUp,
          onProgress: ({ offsetsDone, offsetsTotal }) =>
            bar.update(offsetsDone, offsetsTotal, `${groupDigits(offsetsDone)} records`),
        })
      } finally {
        bar.stop()
      }
      printLine(await describeCounted(parts))
    })
}

const countedShape = z.object({
  records: z.string(),
  requests: z.string(),
  duplicates: z.string(),
  rejected: z.string(),
  marks: z.string(),
})

async function describeCounted(parts: Parts): Promise<string> {
  const store = await parts.store()
  const stream = parts.config.log.topic
  const [counted] = await store.query(
    `SELECT sum(records) AS records, sum(requests) AS requests, sum(duplicates) AS duplicates,
            sum(rejected) AS rejected, sum(marks) AS marks
     FROM ingest_progress WHERE stream = {stream:String}`,
    countedShape,
    { stream },
  )
  if (counted === undefined) return `${stream}: nothing counted`
  return (
    `${stream}: ${groupDigits(counted.records)} records so far: ${groupDigits(counted.requests)} requests, ` +
    `${groupDigits(counted.duplicates)} duplicates, ${groupDigits(counted.rejected)} rejected, ` +
    `${groupDigits(counted.marks)} marks`
  )
}
