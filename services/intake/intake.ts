import {
  EventLogError,
  type ForeignTopic,
  LogUnavailableError,
  PositionError,
} from '@forbruk/infra/log/event-log.ts'
import { type SoleWriter, SupersededError } from '@forbruk/infra/log/sole-writer.ts'
import type { SignBoard } from '@forbruk/infra/signs/sign-board.ts'
import type { HaltReason } from '@forbruk/schemas/event/halt-reason.ts'
import { IntakeRefusedError, IntakeSupersededError } from './intake-error.ts'
import { type TurnEnd, type TurnParts, Turns } from './lead.ts'
import { type RunOptions, runTerm } from './run-term.ts'
import { tellHalt } from './tell-halt.ts'

type IntakeOptions = Omit<RunOptions, 'foreign' | 'writer'> & {
  /** What is read, which may not be there. */
  readonly foreignTopic: string
  readonly openForeign: () => Promise<ForeignTopic>
  /** For as many partitions as the log has when it is opened. */
  readonly openWriter: () => SoleWriter
  /** Null where no other process can use the same store. */
  readonly board: SignBoard | null
  readonly self: string
  readonly sleep: TurnParts['sleep']
}

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 8_000

/**
 * Takes a shipper's own topic into the event log, until `signal` aborts. Of several that do so for one source one is at
 * work, and the others wait for its end. What a person has to see to is told by marks as well. Throws
 * IntakeRefusedError, IntakeSupersededError and EventLogError.
 */
export async function takeIn(options: IntakeOptions): Promise<void> {
  const { board, foreignTopic, source, onWarning, signal } = options
  const onWait = (leader: string) =>
    onWarning(`the process ${leader} takes in ${foreignTopic} for ${source}: waiting for its end`)
  const lead = () => leadOn(options)
  const end = await (board === null ? lead() : new Turns({ ...options, board, onWait }).take(lead, signal))
  if (end === 'superseded') throw supersededError(source)
}

/** Term after term: one ends where brokers were away, or there are more partitions to read from or append to. */
async function leadOn(options: IntakeOptions): Promise<TurnEnd> {
  const { signal, sleep, onWarning } = options
  let delayMs = RETRY_FIRST_MS
  while (!signal.aborted) {
    try {
      if ((await openTerm(options)) === 'done') return 'done'
      delayMs = RETRY_FIRST_MS
    } catch (error) {
      if (error instanceof SupersededError) return 'superseded'
      if (signal.aborted) return 'done'
      if (!(error instanceof LogUnavailableError || error instanceof PositionError)) {
        await tell(options, error)
        throw error
      }
      onWarning(`${error.message} What was read is read again in ${delayMs} ms`)
      await sleep(delayMs, signal)
      delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)
    }
  }
  return 'done'
}

async function openTerm(options: IntakeOptions): Promise<'done' | 'outgrown'> {
  const foreign = await options.openForeign()
  // By its answer the log learns of partitions that it has got.
  await options.log.bounds(0)
  const writer = options.openWriter()
  try {
    return await runTerm({ ...options, foreign, writer })
  } finally {
    await writer.close()
    await foreign.close()
  }
}

/** Once, by marks, and only what is for a person. That it can't be told, too, is no reason to say something else. */
async function tell(options: IntakeOptions, error: unknown): Promise<void> {
  const reason = reasonOf(error)
  if (reason === null) return
  const writer = options.openWriter()
  const { onWarning, foreignTopic: path } = options
  await tellHalt({ ...options, writer }, { reason, path })
    .catch(failed => onWarning(`that it is halted could not be marked: ${String(failed)}`))
    .finally(() => writer.close())
}

function reasonOf(error: unknown): HaltReason | null {
  if (error instanceof IntakeRefusedError) return error.reason
  return error instanceof EventLogError ? 'topic_unusable' : null
}

function supersededError(source: string): IntakeSupersededError {
  return new IntakeSupersededError(
    `another intake of the source ${JSON.stringify(source)} has begun since, and goes on where this one was; ` +
      'expected a --source of its own for each topic',
  )
}
