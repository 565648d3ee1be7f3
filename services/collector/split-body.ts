const [NEWLINE, SPACE, TAB, CARRIAGE_RETURN] = [0x0a, 0x20, 0x09, 0x0d]
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [LIST_START, LIST_END, OBJECT_START, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d]
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * A body's texts, each of which is read by itself: the items of one JSON list, one JSON object written over any number
 * of lines, or else lines. What it is its bytes tell, since senders mislabel it. Null where there are more than `most`.
 */
export function splitBody(body: Buffer, most: number): readonly Buffer[] | null {
  const start = startOf(body)
  const items = body[start] === LIST_START ? splitJsonList(body, start, most) : null
  if (items !== null) return items.length > most ? null : items
  if (body[start] === OBJECT_START && isJson(body.subarray(start))) return [onOneLine(body.subarray(start))]
  return splitLines(body, most)
}

function startOf(body: Buffer): number {
  let start = body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0
  while (isSpace(body[start])) start += 1
  return start
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === TAB
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/**
 * The items as they were written, since a reader looks at more than JSON.parse keeps, such as a key that is there
 * twice. Null where it isn't one list and nothing else. Ends one beyond `most`.
 */
function splitJsonList(body: Buffer, start: number, most: number): Buffer[] | null {
  const items: Buffer[] = []
  let itemStart = start + 1
  let depth = 0
  let inText = false
  for (let at = start; at < body.length; at++) {
    const byte = body[at]
    if (inText) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inText = false
      continue
    }
    if (byte === QUOTE) inText = true
    else if (byte === LIST_START || byte === OBJECT_START) depth += 1
    else if (byte === LIST_END || byte === OBJECT_END) depth -= 1
    const isEnd = depth === 0
    if (!isEnd && (byte !== COMMA || depth !== 1)) continue
    const item = body.subarray(itemStart, at)
    if (!isEnd || items.length > 0 || !isBlank(item)) items.push(onOneLine(item))
    if (items.length > most) return items
    if (isEnd) return byte === LIST_END && isBlank(body.subarray(at + 1)) ? items : null
    itemStart = at + 1
  }
  return null
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace)
}

/** No JSON text holds a newline: those between its parts say nothing, and one within a text may not be made a space. */
function onOneLine(json: Buffer): Buffer {
  if (!json.includes(NEWLINE)) return json
  const spaced = replaceNewlines(json, SPACE)
  return isJson(spaced) && !isJson(json) ? replaceNewlines(json, CARRIAGE_RETURN) : spaced
}

function replaceNewlines(json: Buffer, by: number): Buffer {
  return Buffer.from(json.map(byte => (byte === NEWLINE ? by : byte)))
}

function splitLines(body: Buffer, most: number): readonly Buffer[] | null {
  const lines: Buffer[] = []
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start)
    const end = newline === -1 ? body.length : newline
    if (lines.length === most) return null
    lines.push(body.subarray(start, end))
    start = end + 1
  }
  return lines
}
