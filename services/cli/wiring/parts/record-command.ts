import { userInfo } from 'node:os'
import { doRecorded } from '@forbruk/infra/access/record-act.ts'
import type { KnownAct } from '@forbruk/schemas/access/act.ts'
import { explainFailure } from '../../print/explain-failure.ts'
import type { Parts } from './open-parts.ts'

type TypedAct = Pick<KnownAct, 'act' | 'subject'> & {
  /** Whom --actor named. */
  readonly actor?: string | undefined
  /** Why, where the command asks. */
  readonly reason?: string | undefined
}

/** What a command does, as done by the operating system's user who typed it. */
export async function recordCommand<Result>(
  parts: Pick<Parts, 'store'>,
  { act, subject, actor: saidActor, reason }: TypedAct,
  run: () => Promise<Result>,
): Promise<Result> {
  const recorder = { store: await parts.store(), clock: Date.now }
  const known: KnownAct = {
    act,
    subject,
    saidActor: saidActor ?? null,
    reason: reason ?? null,
    actor: userInfo().username,
    via: 'command',
  }
  return doRecorded(recorder, known, run, error => explainFailure(error).exitCode !== 1)
}
