import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'

export type Speed = { readonly linesPerSecond: number; readonly bytesPerSecond: number }

/** How fast lines are read, over and over for some time. `clock` counts milliseconds. */
export function measureSpeed(
  lines: readonly Uint8Array[],
  format: GatewayFormat,
  { clock, forMs }: { clock: () => number; forMs: number },
): Speed {
  const bytesTotal = lines.reduce((sum, line) => sum + line.length + 1, 0)
  const startMs = clock()
  let rounds = 0
  let elapsedMs = 0
  do {
    const parse = format.openFile?.(null).parseLine ?? format.parseLine
    for (const line of lines) parse(line)
    rounds += 1
    elapsedMs = clock() - startMs
  } while (elapsedMs < forMs)
  const perSecond = (rounds * 1_000) / Math.max(elapsedMs, 1)
  return {
    linesPerSecond: Math.round(lines.length * perSecond),
    bytesPerSecond: Math.round(bytesTotal * perSecond),
  }
}
