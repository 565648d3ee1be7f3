import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AlertsTopic } from '../../../services/alerts/record/raise-alerts.ts'

export class CrashError extends Error {
  override name = 'CrashError'
}

/** `before`: the nth call never took place; `after`: it did, and nobody lived to hear of it. */
type CrashMoment = 'before' | 'after'

/** The parts up to their nth call, and nothing after it: the process has died there. */
export function crashingAt(nth: number, moment: CrashMoment) {
  let calls = 0
  const orCrash = async <Value>(step: () => Promise<Value>): Promise<Value> => {
    calls += 1
    if (calls > nth || (calls === nth && moment === 'before')) throw new CrashError('the power went')
    const value = await step()
    if (calls >= nth) throw new CrashError('the power went')
    return value
  }
  return {
    store: (store: Store): Store => ({
      ...store,
      query: (sql, shape, params) => orCrash(() => store.query(sql, shape, params)),
      insert: (table, rows, options) => orCrash(() => store.insert(table, rows, options)),
    }),
    topic: (topic: AlertsTopic): AlertsTopic => ({
      ...topic,
      bounds: partition => orCrash(() => topic.bounds(partition)),
      async *read(partition, from, to) {
        for await (const batch of topic.read(partition, from, to)) yield orCrash(async () => batch)
      },
    }),
    writer: (writer: SoleWriter): SoleWriter => ({
      ...writer,
      claim: () =>
        orCrash(async () => {
          const claim = await writer.claim()
          return { append: records => orCrash(() => claim.append(records)) }
        }),
    }),
  }
}
