import { randomUUID } from 'node:crypto'
import type { ActOutcome, KnownAct } from '@forbruk/schemas/access/act.ts'
import { insertValues } from '../store/insert-values.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from '../store/tables/audit-entry.ts'

type Recorder = {
  readonly store: Pick<Store, 'insert'>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** That an act is about to be done: without this row none is. Its end is recorded by the id that this answers. */
export async function beginAct(recorder: Recorder, act: KnownAct): Promise<string> {
  const entryId = randomUUID()
  await endAct(recorder, entryId, act, 'begun')
  return entryId
}

export async function endAct(
  { store, clock }: Recorder,
  entryId: string,
  act: KnownAct,
  outcome: ActOutcome,
): Promise<void> {
  await insertValues(store, auditEntry, [{ ...act, entryId, outcome, at: new Date(clock()).toISOString() }])
}

/** What was done at once, one row each. */
export async function recordActs({ store, clock }: Recorder, acts: readonly KnownAct[]): Promise<void> {
  const at = new Date(clock()).toISOString()
  const rows = acts.map(act => ({ ...act, entryId: randomUUID(), outcome: 'done' as const, at }))
  await insertValues(store, auditEntry, rows)
}

/**
 * Does it between its two rows. What was done is told even where its end can't be recorded any more: of an act that is
 * begun and no more, the log says as much.
 * @param isRefusal of what was thrown: nothing was done, for a stated reason
 */
export async function doRecorded<Result>(
  recorder: Recorder,
  act: KnownAct,
  run: () => Promise<Result>,
  isRefusal: (error: unknown) => boolean,
): Promise<Result> {
  const entryId = await beginAct(recorder, act)
  const end = (outcome: ActOutcome) => endAct(recorder, entryId, act, outcome).catch(() => undefined)
  try {
    const result = await run()
    await end('done')
    return result
  } catch (error) {
    await end(isRefusal(error) ? 'refused' : 'failed')
    throw error
  }
}
