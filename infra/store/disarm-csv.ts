const QUOTE = 0x22
const POINT = 0x2e
const COMMA = 0x2c
const APOSTROPHE = Buffer.from("'")
const BYTE_ORDER_MARK = Buffer.from('\ufeff')
/** What makes a spreadsheet take text for a formula: = + - @, and what it skips before one: tab, CR, LF. */
const ARMING = new Set(Buffer.from('=+-@\t\r\n'))

/**
 * ClickHouse's CSV with an apostrophe before text that a spreadsheet would run as a formula; a name is anybody's. Only
 * text is in quotes there, so that a negative number stays one.
 */
export function disarmCsv(csv: Uint8Array): Buffer {
  return Buffer.concat(disarm(csv))
}

/** The same for a Norwegian Excel: a decimal comma, and a mark that says UTF-8. Separators are up to ClickHouse. */
export function disarmExcelCsv(csv: Uint8Array): Buffer {
  const bytes = Buffer.from(csv)
  let isText = false
  for (const [index, byte] of bytes.entries()) {
    if (byte === QUOTE) isText = !isText
    else if (byte === POINT && !isText) bytes[index] = COMMA
  }
  return Buffer.concat([BYTE_ORDER_MARK, ...disarm(bytes)])
}

function disarm(csv: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  let taken = 0
  let isText = false
  let closedAt = Number.NEGATIVE_INFINITY
  for (let at = csv.indexOf(QUOTE); at !== -1; at = csv.indexOf(QUOTE, at + 1)) {
    isText = !isText
    if (!isText) closedAt = at
    // Two quotes in a row are one, inside text.
    else if (at !== closedAt + 1 && ARMING.has(csv[at + 1] ?? 0)) {
      parts.push(csv.subarray(taken, at + 1), APOSTROPHE)
      taken = at + 1
    }
  }
  parts.push(csv.subarray(taken))
  return parts
}
