import { readGaps } from '@forbruk/infra/ledger/blocks/gaps.ts'
import { readProgress } from '@forbruk/infra/ledger/blocks/progress.ts'
import { countedPartitions } from '@forbruk/infra/ledger/blocks/stream.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readRecognised } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { readSharedFiles } from '@forbruk/infra/ledger/sources/shared-files.ts'
import { Command } from 'commander'
import { type PartitionStatus, printStatus, type Status, statusAsJson } from '../print/status.ts'
import { printJson } from '../print/table.ts'
import { waitingReader } from '../wiring/console/waiting-reader.ts'
import { findStandstills } from '../wiring/log/find-standstills.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'

export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('how far each partition is counted and each source is shipped, and what waits for a person')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const status = await readStatus(parts)
      if (options.json) printJson(statusAsJson(status))
      else printStatus(status)
    })
}

async function readStatus(parts: Parts): Promise<Status> {
  const stream = parts.config.log.topic
  const log = await parts.log()
  const store = await parts.readableStore()
  const counted = new Map((await readProgress(store, stream)).map(each => [each.partition, each]))
  const gaps = await readGaps(store, stream)
  const recognised = await readRecognised(store, stream)
  const ledger = createLedgerReader(store)
  const stored = await ledger.readStream(stream)
  const partitionsCounted = stored && countedPartitions(stored, await ledger.readGrowths(stream))
  const partitions: PartitionStatus[] = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const bounds = await log.bounds(partition)
    partitions.push({ partition, bounds, progress: counted.get(partition) ?? null })
  }
  const shared = await readSharedFiles(store, stream, null)
  const standstills = await findStandstills(ledger, log)
  const tariff = await readTariffFile(parts.config.tariffPath)
  const { waiting, sources } = await waitingReader(store, parts.config, tariff, async () => log)(Date.now())
  return {
    stream,
    partitions,
    counted: partitionsCounted,
    standstills,
    gaps,
    recognised,
    sources: sources.shipped,
    silent: sources.silent,
    shared,
    waiting,
  }
}
