import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { PARTITIONS, toRecord } from '../fill-topics.ts'
import { beginOfEvents, EventGenerator } from '../generate-events.ts'

const BATCH_EVENTS = 4_000
const SEED = 24

/** A data folder with so many events in its log and none of them counted. Answers what they are to come to. */
export async function fillFolder(folder: string, events: number): Promise<number> {
  await mkdir(folder, { recursive: true })
  const log = await openEventLog({
    kind: 'embedded',
    path: join(folder, 'log.sqlite'),
    topic: 'gateway.requests',
    partitionCount: PARTITIONS,
    clock: Date.now,
  })
  const generator = new EventGenerator(SEED, beginOfEvents(Date.now()))
  try {
    for (let done = 0; done < events; done += BATCH_EVENTS) {
      const batch = Array.from({ length: Math.min(BATCH_EVENTS, events - done) }, () => generator.next())
      await log.append(batch.map(event => toRecord(event, encodeRequest)))
    }
  } finally {
    await log.close()
  }
  return generator.totalsOfAdmitted().requests
}
