import type { ForeignTopic } from '@forbruk/infra/log/event-log.ts'

/** The partition by which a group agrees on who leads. */
const LEADING_PARTITION = 0

/**
 * Of all members of the group one at a time leads: whoever was given the first partition. Nothing of the topic is read
 * here. `lead` is called anew whenever it is this process's turn, and is to end when its turn is over; that it
 * can't end in time is no harm, as the next one's term shuts it out. Resolves once `lead` has come to its own end,
 * or `signal` aborts and `lead` has ended; rejects with what it threw in its turn.
 */
export async function takeTurns(
  foreign: ForeignTopic,
  group: string,
  lead: (turn: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const ended = Promise.withResolvers<void>()
  let turn = new AbortController()
  let leading = Promise.resolve()
  const begin = () => {
    const own = new AbortController()
    turn = own
    leading = leading.then(async () => {
      try {
        if (!own.signal.aborted) await lead(own.signal)
        if (!own.signal.aborted) ended.resolve()
      } catch (error) {
        if (!own.signal.aborted) ended.reject(error)
      }
    })
  }
  const onAbort = () => ended.resolve()
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const subscription = await foreign.consume(
    group,
    {
      async assign(partition) {
        if (partition === LEADING_PARTITION) begin()
        return null
      },
      async receive() {},
      revoke(partitions) {
        if (partitions.includes(LEADING_PARTITION)) turn.abort()
      },
    },
    signal,
  )
  try {
    await Promise.race([ended.promise, subscription.finished])
    // On an orderly stop what was taken is appended first, and only then is the turn given up.
    if (signal.aborted) await leading
  } finally {
    signal.removeEventListener('abort', onAbort)
    turn.abort()
    await subscription.stop()
    await leading
  }
}
