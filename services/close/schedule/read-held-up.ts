import { readFirstAppendTime } from '@forbruk/infra/ledger/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { RegistryComparison } from '../registry/compare-registries.ts'
import { readClosedMonths } from '../statements/find-revision.ts'
import { readAnnouncements } from '../statements/read-announcements.ts'
import { type HeldUp, listHeldUp } from './list-held-up.ts'
import type { CloseSchedule } from './plan-closes.ts'
import { readChangedInputs } from './read-changed-inputs.ts'

type HeldUpOptions = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** The topic that statements are announced on. */
  readonly topic: string
  /** Null: months are closed by people alone. */
  readonly schedule: CloseSchedule | null
  readonly tariff: Tariff
  readonly isSameRegistry: RegistryComparison
}

/** What the schedule leaves to a person, at a time. */
export async function readHeldUp(options: HeldUpOptions, nowMs: number): Promise<HeldUp[]> {
  const { store, stream, topic, schedule, tariff, isSameRegistry } = options
  const facts = {
    firstAppendTimeMs: await readFirstAppendTime(store, stream),
    closedMonths: new Set((await readClosedMonths(store)).map(each => each.month)),
    announcements: await readAnnouncements(store, topic),
    changedInputs: await readChangedInputs(store, tariff, isSameRegistry),
  }
  return listHeldUp(schedule, facts, nowMs)
}
