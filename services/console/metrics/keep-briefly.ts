/**
 * Reads at most once in so long, however often and by however many it is asked. What fails is asked again.
 *
 * @param clock milliseconds that never go back
 */
export function keepBriefly<Value>(
  read: () => Promise<Value>,
  keptMs: number,
  clock: () => number,
): () => Promise<Value> {
  let kept: { readonly reading: Promise<Value>; readonly atMs: number } | null = null
  return () => {
    if (kept !== null && clock() - kept.atMs < keptMs) return kept.reading
    const current = { reading: read(), atMs: clock() }
    kept = current
    current.reading.catch(() => {
      if (kept === current) kept = null
    })
    return current.reading
  }
}
