import { text } from './codec.ts'
import { declareTable } from './table.ts'

/** What tells this store from others: migration 111. */
export const installation = declareTable('installation', { id: text })
