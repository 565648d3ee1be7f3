import { text } from './codec.ts'
import { declareTable } from './table.ts'

/** By which they are signed. Analysts can't read it: migration 152. */
export const streamSecret = declareTable('stream_secret', { publicKey: text, secretKey: text })
