import { setTimeout as sleep } from 'node:timers/promises'
import { LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import { SupersededError } from '@forbruk/infra/log/sole-writer.ts'
import { IntakeSupersededError } from './intake-error.ts'
import { takeTurns } from './lead.ts'
import { type RunOptions, runTerm } from './run-term.ts'

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 8_000

/**
 * Takes a shipper's own topic into the event log, until `signal` aborts. Of several that do so for one source one is at
 * work, and the others wait for its end. Throws IntakeRefusedError, IntakeSupersededError and EventLogError.
 */
export async function takeIn(options: RunOptions): Promise<void> {
  const { foreign, source, signal, onWarning } = options
  const lead = async (turn: AbortSignal): Promise<void> => {
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
      try {
        return await runTerm(options, turn)
      } catch (error) {
        if (turn.aborted || signal.aborted) return
        if (error instanceof SupersededError) throw explainSuperseded(source, error)
        if (!(error instanceof LogUnavailableError)) throw error
        onWarning(`${error.message} What was read is read again in ${delayMs} ms`)
        await sleep(delayMs, undefined, { signal: AbortSignal.any([turn, signal]) }).catch(() => undefined)
      }
    }
  }
  await takeTurns(foreign, `forbruk-intake.${source}`, lead, signal)
}

function explainSuperseded(source: string, cause: SupersededError): IntakeSupersededError {
  return new IntakeSupersededError(
    `another intake of the source ${JSON.stringify(source)} has begun since, and goes on where this one was; ` +
      'expected a --source of its own for each topic',
    { cause },
  )
}
