import { z } from 'zod'
import type { Mend } from './build-mended.ts'
import { type Coordinates, parseCoordinates, RejectedEventError } from './coordinates.ts'

const fields = z.record(z.string(), z.union([z.string(), z.number()]))
const vouch = { vouch_time: z.literal(true).optional() }
const mendShape = z.union([
  z.strictObject({ at: z.string(), line: z.string(), ...vouch }),
  z.strictObject({ at: z.string(), set: fields, ...vouch }),
  z.strictObject({ at: z.string(), vouch_time: z.literal(true) }),
])

/** Reads a file of mends, a JSON object a line. `name` is what errors call it. Throws RejectedEventError. */
export function readMends(text: string, name: string): { at: Coordinates; mend: Mend }[] {
  return text.split(/\r?\n/).flatMap((line, index): { at: Coordinates; mend: Mend }[] => {
    if (line.trim() === '') return []
    const mend = mendShape.safeParse(parseJson(line))
    if (!mend.success) {
      throw new RejectedEventError(
        `line ${index + 1} of ${name} is no mend; ` +
          'expected {"at":"0:12","line":"…"} or {"at":"0:12","set":{"client_id":"…"}}',
      )
    }
    const at = parseCoordinates(mend.data.at)
    const vouched = mend.data.vouch_time ? { timeVouched: true as const } : {}
    if ('line' in mend.data) return [{ at, mend: { kind: 'line', line: mend.data.line, ...vouched } }]
    const set = 'set' in mend.data ? mend.data.set : {}
    return [{ at, mend: { kind: 'fields', fields: set, ...vouched } }]
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
