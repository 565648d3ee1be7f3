import type { EventLog } from '@forbruk/infra/log/event-log.ts'

/** What a record says of the stream, as bytes, and the partition that it is for. */
export type StreamRecordBytes = { readonly partition: number; readonly value: Buffer }

/** The one place that writes into the log what it says of the stream; all of it may be there twice. */
export async function appendStreamRecords(
  log: Pick<EventLog, 'append'>,
  records: readonly StreamRecordBytes[],
): Promise<void> {
  if (records.length > 0)
    await log.append(records.map(({ partition, value }) => ({ value, to: { partition } })))
}
