import type { StoredRow } from './block-tables.ts'

/** Something a process waits for: the scheduler decides when it happens, and how. */
export type Operation =
  | {
      readonly kind: 'read'
      readonly name: string
      readonly perform: () => void
      readonly fail: (error: Error) => void
    }
  | { readonly kind: 'bounds'; readonly name: string; readonly perform: () => void }
  | { readonly kind: 'timer'; readonly name: string; readonly dueMs: number; readonly perform: () => void }
  | { readonly kind: 'append'; readonly name: string; readonly perform: (partitionsMax: number) => void }
  | {
      readonly kind: 'insert'
      readonly name: string
      readonly table: string
      readonly rows: readonly StoredRow[]
      readonly perform: () => void
      readonly fail: (error: Error) => void
    }
