type ParsedType = { readonly name: string; readonly elements: readonly string[] }

/** «Map(String, Array(UInt8))» is Map of «String» and «Array(UInt8)». */
export function parseType(type: string): ParsedType {
  const open = type.indexOf('(')
  if (open < 0) return { name: type, elements: [] }
  return { name: type.slice(0, open), elements: splitOutside(type.slice(open + 1, -1)) }
}

/** Cuts at the commas that are in no brackets and no quotes. */
function splitOutside(text: string): string[] {
  const pieces: string[] = []
  let depth = 0
  let start = 0
  for (const { 0: found, index } of text.matchAll(/'(?:\\.|[^'\\])*'?|`(?:\\.|[^`\\])*`?|[(),]/gs)) {
    if (found === '(') depth += 1
    else if (found === ')') depth -= 1
    else if (found === ',' && depth === 0) {
      pieces.push(text.slice(start, index).trim())
      start = index + 1
    }
  }
  return [...pieces, text.slice(start).trim()]
}
