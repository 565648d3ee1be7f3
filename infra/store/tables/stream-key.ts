import { text } from './codec.ts'
import { declareTable } from './table.ts'

/** By which a stream's own records are known: migration 150. */
export const streamKey = declareTable('stream_key', { stream: text, publicKey: text })
