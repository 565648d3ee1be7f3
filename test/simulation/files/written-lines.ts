import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'

/** One line that the gateway wrote. The same text may be written again, into another file. */
export type WrittenLine = {
  readonly number: number
  /** As its text says. */
  readonly timeMs: number
  /** No mark may vouch for this time before it is shipped. */
  readonly vouchedMs: number
  /** Somebody destroyed it where no shipper could see it; it may be missing without a word. */
  isDestroyed: boolean
}

export function spell({ number, timeMs }: Pick<WrittenLine, 'number' | 'timeMs'>): string {
  return `n${number} ${timeMs}\n`
}

/** The simulated gateway's: the line's number and its time. */
export const NUMBERED: GatewayFormat = {
  name: 'numbered',
  bytesBasis: 'headers_and_body',
  timeBasis: 'end',
  client: { field: 'number', setBy: 'operator' },
  parseLine(bytes) {
    const found = /^n(\d+) (\d{13})$/.exec(Buffer.from(bytes).toString('latin1'))
    if (found === null) return { kind: 'rejected', reason: 'line_not_combined', detail: 'not numbered' }
    const number = Number(found[1])
    return {
      kind: 'request',
      clientId: `client-${number % 3}`,
      integrationId: '',
      timeMs: Number(found[2]),
      status: 200,
      requestBytes: number,
      responseBytes: 0,
    }
  },
}
