import type { ReplayLine } from '@forbruk/schemas/usage/replay-line.ts'
import { Problem } from './problem.ts'

export type ReplayOutcome = Extract<ReplayLine, { kind: 'outcome' }>
export type ReplayProgress = Extract<ReplayLine, { kind: 'progress' }>
/** How a replay ended. */
export type ReplayEnd = Exclude<ReplayLine, { kind: 'progress' }>

type Replay = {
  readonly clientId: string
  readonly month: string
  /** Ends it, here and there. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: ReplayProgress) => void
}

/** Has a client's month counted again from the log, and resolves with how that ended. Throws Problem when refused. */
export async function replayClient({ clientId, month, signal, onProgress }: Replay): Promise<ReplayEnd> {
  const answer = await fetch(`/v1/clients/${encodeURIComponent(clientId)}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ month }),
    signal,
  })
  if (!answer.ok || answer.body === null)
    throw new Problem(answer.status, await answer.json().catch(() => null))
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) throw new TypeError('the answer ended before the replay did')
    const lines = (text + value).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const told: ReplayLine = JSON.parse(line)
      if (told.kind !== 'progress') return told
      onProgress(told)
    }
  }
}
