import { aggregate } from '@forbruk/aggregator/aggregate.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command } from 'commander'
import { type CommandContext, openParts } from '../open-parts.ts'
import { groupDigits } from '../print.ts'
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
    })
}
