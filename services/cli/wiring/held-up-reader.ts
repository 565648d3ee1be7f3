import { compareRegistries } from '@forbruk/close/registry/compare-registries.ts'
import type { HeldUp } from '@forbruk/close/schedule/list-held-up.ts'
import { readHeldUp } from '@forbruk/close/schedule/read-held-up.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'

type ReaderSettings = Pick<Config, 'log' | 'statementsTopic' | 'closeSchedule' | 'closeFrom'>

/** The tariff is passed each time: its file may have a new version since. */
export function heldUpReader(
  store: Store,
  { log, statementsTopic: topic, closeSchedule: expression, closeFrom: from }: ReaderSettings,
): (tariff: Tariff, nowMs: number) => Promise<HeldUp[]> {
  const isSameRegistry = compareRegistries(store)
  return (tariff, nowMs) => {
    const schedule = expression === null ? null : { expression, timeZone: tariff.timeZone, from }
    return readHeldUp({ store, stream: log.topic, topic, schedule, tariff, isSameRegistry }, nowMs)
  }
}
