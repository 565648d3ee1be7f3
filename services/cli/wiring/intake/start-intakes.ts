import { setTimeout as sleep } from 'node:timers/promises'
import type { Parts } from '../parts/open-parts.ts'
import { chooseIntake, type IntakeChoice } from './intake-choice.ts'
import { runIntake } from './run-intake.ts'

/** What refuses a topic needs a person; what fails may pass. Either is told each time it is tried. */
const RETRY_MS = 30_000

/** Takes in what FORBRUK_INTAKE says until it is disposed of. Throws where a setting can't be used. */
export async function startIntakes(parts: Parts): Promise<AsyncDisposable> {
  const { intakes, schemaRegistry } = parts.config
  const choices = await Promise.all(
    intakes.map(given => {
      const { topic = '', format = '', ...others } = Object.fromEntries(given)
      return chooseIntake({ topic, format, ...others }, schemaRegistry)
    }),
  )
  const stopping = new AbortController()
  const running = Promise.all(choices.map(choice => keepTakingIn(parts, choice, stopping.signal)))
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}

async function keepTakingIn(parts: Parts, choice: IntakeChoice, signal: AbortSignal): Promise<void> {
  const { topic, source } = choice
  while (!signal.aborted) {
    try {
      await runIntake(parts, choice, { untilCaughtUp: false, signal, onProgress: () => undefined })
    } catch (error) {
      if (signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      parts.logger.error({ topic, source, reason }, 'nothing more is taken in: it is tried again shortly')
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
}
