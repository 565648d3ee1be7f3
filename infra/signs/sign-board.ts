import { insertValues } from '../store/insert-values.ts'
import type { Store } from '../store/store.ts'
import { bool, listOf, safeCount, text } from '../store/tables/codec.ts'
import { processSign } from '../store/tables/process-sign.ts'
import { omit, shapeOf } from '../store/tables/table.ts'
import type { Sign } from './neighbours.ts'

/** Where the processes that count a stream into a store tell each other that they live, and what they count. */
export type SignBoard = {
  tell(sign: Sign): Promise<void>
  /** The newest of each process, its own included. */
  read(): Promise<Sign[]>
}

/** So long after its last sign nobody asks any more whether a process lives. */
const FORGOTTEN_AFTER_SECONDS = 60

const told = omit(processSign, 'toldAtMs')
const SIGNS = `
  SELECT process, max(sequence) AS sequence,
    argMax(is_leaving, p.sequence) AS is_leaving, argMax(held, p.sequence) AS held
  FROM process_sign AS p
  WHERE stream = {stream:String} AND told_at > now64(3) - {seconds:UInt32}
  GROUP BY process`
const shape = shapeOf({ process: text, sequence: safeCount, isLeaving: bool, held: listOf(safeCount) })

export function openSignBoard(store: Store, stream: string): SignBoard {
  return {
    tell: sign => insertValues(store, told, [{ stream, ...sign }]),
    read: () => store.query(SIGNS, shape, { stream, seconds: FORGOTTEN_AFTER_SECONDS }),
  }
}
