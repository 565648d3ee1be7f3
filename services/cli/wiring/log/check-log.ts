import type { DeclaredFormat, DescribedLine, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'

type Request = Extract<ParsedLine, { kind: 'request' }>

type CheckedLine = Omit<Request, 'kind'> & Pick<DescribedLine, 'method' | 'route'> & { readonly line: number }

export type CheckedLog = {
  readonly lines: number
  readonly requests: number
  readonly rejected: number
  readonly blank: number
  /** The first that could be read. */
  readonly first: readonly CheckedLine[]
  /** Rejected lines by reason, each with the first of them. */
  readonly reasons: readonly {
    readonly reason: string
    readonly lines: number
    readonly firstLine: number
    readonly detail: string
  }[]
}

type Counted = { reason: string; lines: number; firstLine: number; detail: string }

/** How a format reads the lines of a log's start. A line may hold several requests, or none. */
export function checkLog(lines: readonly Uint8Array[], format: DeclaredFormat, shown: number): CheckedLog {
  const parseLine = format.openFile?.(null).parseLine
  const reasons = new Map<string, Counted>()
  const first: CheckedLine[] = []
  const counts = { request: 0, rejected: 0, blank: 0 }
  for (const [index, line] of lines.entries()) {
    const answers = parseLine === undefined ? format.parseValue(line) : [parseLine(line)]
    if (answers.length === 0) counts.blank += 1
    for (const parsed of answers) {
      counts[parsed.kind] += 1
      if (parsed.kind === 'rejected') addReason(reasons, parsed, index + 1)
      if (parsed.kind !== 'request' || first.length === shown) continue
      const { kind: _request, ...request } = parsed
      const { method = '', route = '' } = answers.length === 1 ? (format.describeLine(line) ?? {}) : {}
      first.push({ line: index + 1, ...request, method, route })
    }
  }
  const { request: requests, ...others } = counts
  const sorted = [...reasons.values()].toSorted((one, other) => other.lines - one.lines)
  return { lines: lines.length, requests, ...others, first, reasons: sorted }
}

function addReason(
  reasons: Map<string, Counted>,
  { reason, detail }: Extract<ParsedLine, { kind: 'rejected' }>,
  line: number,
): void {
  const known = reasons.get(reason)
  if (known === undefined) reasons.set(reason, { reason, lines: 1, firstLine: line, detail })
  else known.lines += 1
}
