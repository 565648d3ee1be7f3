import { z } from 'zod'

/** What a broker answered to which request, when it refused it. */
export type Answer = { readonly request: string; readonly broker: string; readonly words: string }

/**
 * kafkajs's errors don't tell who refused what, and some hide that anybody did; its log tells, a moment before. The
 * newest of each wording is kept, of which there are as many as Kafka has errors.
 */
const newestByWords = new Map<string, Answer & { readonly atMs: number }>()
const WORDINGS_MAX = 200
const RECENT_MS = 5_000

const entryShape = z.object({ message: z.string(), broker: z.string(), error: z.string() })

/** @param entry of kafkajs's log, whatever it is about */
export function noteAnswer(entry: unknown): void {
  const parsed = entryShape.safeParse(entry)
  const request = parsed.success ? /^Response (\w+)\(/.exec(parsed.data.message)?.[1] : undefined
  if (!parsed.success || request === undefined || newestByWords.size >= WORDINGS_MAX) return
  const { broker, error: words } = parsed.data
  newestByWords.set(words, { request, broker, words, atMs: performance.now() })
}

/** The last request that was refused in these words. */
export function answerOf(words: string): Answer | null {
  return newestByWords.get(words) ?? null
}

/** That no coordinator is found is what kafkajs makes of a broker that may not name one, too. */
export function refusalOfCoordinator(): Answer | null {
  const recent = [...newestByWords.values()].filter(
    ({ request, words, atMs }) =>
      request.endsWith('Coordinator') && /authori[sz]/i.test(words) && performance.now() - atMs < RECENT_MS,
  )
  return recent.at(-1) ?? null
}
