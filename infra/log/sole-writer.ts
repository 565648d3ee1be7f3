import { EventLogError, type OutgoingRecord } from './event-log.ts'

/**
 * A writer of a topic of which one at a time may append, for records that must stand there once. Kafka's producers
 * repeat an append whose acknowledgement was lost, and a process that was stopped for an hour goes on in mid-sentence;
 * neither can be told apart from the outside. So whoever wants to append claims the topic first.
 */
export interface SoleWriter {
  /**
   * From now on no earlier claim, of any process, appends anything more: what they have appended can be read, in full,
   * from the log, and what they were about to append will be refused. So between a claim and what is appended under it
   * the log can be searched for what is there already. Throws EventLogError.
   */
  claim(): Promise<Claim>

  close(): Promise<void>
}

export interface Claim {
  /**
   * Appends all of the records or none and answers where each stands, or will in a moment: readers may have to wait
   * for it, unless they claim. After an EventLogError (another claim was made since, or the log didn't answer) it is
   * open whether they are there: claim again, and look.
   */
  append(records: readonly OutgoingRecord[]): Promise<readonly PlaceInLog[]>
}

/** Another claim was made since: whoever made it goes on, and this process is to stop. */
export class SupersededError extends EventLogError {
  override name = 'SupersededError'
}

export type PlaceInLog = { readonly partition: number; readonly offset: number }

export function supersededError(topic: string): SupersededError {
  return new SupersededError(`Another process has claimed "${topic}" since: nothing was appended.`)
}
