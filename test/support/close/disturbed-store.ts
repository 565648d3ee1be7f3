import type { Store } from '@forbruk/infra/store/store.ts'

/** The store up to its nth insert, seals not counted, which is lost, as everything after it: the process has died. */
export function failingInsert(store: Store, nth: number): Store {
  let inserts = 0
  return {
    ...store,
    async insert(table, rows, options) {
      if (table !== 'seal') inserts += 1
      if (inserts >= nth) throw new Error('the power went')
      await store.insert(table, rows, options)
    },
    async insertBlocks(table, blocks) {
      inserts += 1
      if (inserts >= nth) throw new Error('the power went')
      await store.insertBlocks(table, blocks)
    },
  }
}

/** The store, with something else happening each time just before usage is read. */
export function interruptedReading(store: Store, interrupt: (reading: number) => Promise<void>): Store {
  let readings = 0
  return {
    ...store,
    async query(sql, shape, params) {
      if (/GROUP BY client_id, integration_id/.test(sql)) {
        readings += 1
        await interrupt(readings)
      }
      return store.query(sql, shape, params)
    },
  }
}

/** The store, with something else happening just before the first insert into a table. */
export function beforeInsert(store: Store, interruptedTable: string, interrupt: () => Promise<void>): Store {
  let isFirst = true
  return {
    ...store,
    async insert(table, rows, options) {
      if (table === interruptedTable && isFirst) {
        isFirst = false
        await interrupt()
      }
      await store.insert(table, rows, options)
    },
  }
}

/** The store, with something else happening just before its nth insert, seals not counted. */
export function beforeNthInsert(store: Store, nth: number, interrupt: () => Promise<void>): Store {
  let inserts = 0
  return {
    ...store,
    async insert(table, rows, options) {
      if (table !== 'seal') inserts += 1
      if (table !== 'seal' && inserts === nth) await interrupt()
      await store.insert(table, rows, options)
    },
  }
}
