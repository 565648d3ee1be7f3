/** An upload that is no JSON document of the expected shape. */
export class UploadMalformedError extends Error {
  override name = 'UploadMalformedError'
}

type Member = {
  readonly name: string
  /** Its text, cut at the ends of lines. What is not read of it is skipped. */
  readonly pieces: AsyncIterable<string>
}

const NAME_CHARACTERS_MAX = 100

/**
 * The members of a JSON object whose values are texts, as its bytes come: there is never more of it than a piece. Reads
 * to the end whatever is wrong, so that whoever sends it hears why. Throws UploadMalformedError.
 */
export async function* readMembers(body: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const json = new JsonBytes(body)
  try {
    await json.take('{')
    if ((await json.peek()) !== '}') {
      do {
        const name = await joinText(json.text(), NAME_CHARACTERS_MAX)
        await json.take(':')
        const text = json.text(`${JSON.stringify(name)} begins with `)
        // Without `return`, so that whoever has read enough ends its own reading alone.
        yield { name, pieces: { [Symbol.asyncIterator]: () => ({ next: () => text.next() }) } }
        for await (const _ of text);
      } while (await json.takeIf(','))
    }
    await json.take('}')
    const more = await json.peek()
    if (more !== null) throw malformed(`${show(more)} after its end`)
  } finally {
    await json.skip()
  }
}

export async function joinText(pieces: AsyncIterable<string>, charactersMax: number): Promise<string> {
  let text = ''
  for await (const piece of pieces) {
    text += piece
    if (text.length > charactersMax) throw malformed(`a text of more than ${charactersMax} characters`)
  }
  return text
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BYTES_AT_A_TIME = 65_536
/** Far longer than a row, in whatever escapes; between two ends of lines there are no more. */
const PIECE_BYTES_MAX = 8 * 65_536

class JsonBytes {
  readonly #chunks: AsyncIterator<Uint8Array>
  #bytes: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#chunks = body[Symbol.asyncIterator]()
  }

  /** The next character that is no white space, left where it is; null at the end. */
  async peek(): Promise<string | null> {
    for (;;) {
      const at = this.#bytes.findIndex(byte => !SPACES.has(byte))
      if (at !== -1) {
        this.#bytes = this.#bytes.subarray(at)
        return String.fromCharCode(this.#bytes[0] ?? 0)
      }
      this.#bytes = Buffer.alloc(0)
      if (!(await this.#readMore())) return null
    }
  }

  async take(expected: string, where = ''): Promise<void> {
    const found = await this.peek()
    if (found !== expected) throw malformed(`${where}${show(found)}; expected ${expected}`)
    this.#bytes = this.#bytes.subarray(1)
  }

  async takeIf(expected: string): Promise<boolean> {
    if ((await this.peek()) !== expected) return false
    this.#bytes = this.#bytes.subarray(1)
    return true
  }

  /** What stands in quotes. */
  async *text(where = ''): AsyncGenerator<string> {
    await this.take('"', where)
    for (let looked = 0; ; ) {
      const quote = findUnescaped(this.#bytes, looked)
      if (quote !== -1) {
        yield this.#takeText(quote)
        this.#bytes = this.#bytes.subarray(1)
        return
      }
      const end = Math.max(endOfLast(this.#bytes, '\\n'), endOfLast(this.#bytes, '\\r'))
      if (end > 0) yield this.#takeText(end)
      looked = this.#bytes.length
      if (looked > PIECE_BYTES_MAX) throw malformed(`a line of more than ${PIECE_BYTES_MAX} bytes`)
      if (!(await this.#readMore())) throw malformed('its end within a text')
    }
  }

  /** All the rest. */
  async skip(): Promise<void> {
    do this.#bytes = Buffer.alloc(0)
    while (await this.#readMore())
  }

  #takeText(end: number): string {
    const text = readText(this.#bytes.toString('utf8', 0, end))
    this.#bytes = this.#bytes.subarray(end)
    return text
  }

  /** Many small pieces at once, since what was there is copied. */
  async #readMore(): Promise<boolean> {
    const chunks = [this.#bytes]
    for (let bytes = 0; bytes < BYTES_AT_A_TIME; ) {
      const { done, value } = await this.#chunks.next()
      if (done === true) break
      chunks.push(Buffer.from(value.buffer, value.byteOffset, value.length))
      bytes += value.length
    }
    if (chunks.length === 1) return false
    this.#bytes = Buffer.concat(chunks)
    return true
  }
}

const SPACES = new Set(Buffer.from(' \t\n\r'))

function findUnescaped(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from)
  while (at !== -1 && isEscaped(bytes, at)) at = bytes.indexOf(QUOTE, at + 1)
  return at
}

/** Where the last of these escapes ends; 0 where there is none. */
function endOfLast(bytes: Buffer, sequence: string): number {
  let at = bytes.lastIndexOf(sequence)
  while (at !== -1 && isEscaped(bytes, at)) at = at === 0 ? -1 : bytes.lastIndexOf(sequence, at - 1)
  return at === -1 ? 0 : at + sequence.length
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let first = at
  while (first > 0 && bytes[first - 1] === BACKSLASH) first -= 1
  return (at - first) % 2 === 1
}

function readText(escaped: string): string {
  try {
    return String(JSON.parse(`"${escaped}"`))
  } catch (error) {
    throw malformed(error instanceof Error ? error.message.slice(0, 200) : '')
  }
}

function malformed(found: string): UploadMalformedError {
  return new UploadMalformedError(`the body is no JSON object of texts: ${found}`)
}

function show(found: string | null): string {
  return found === null ? 'nothing more' : JSON.stringify(found)
}
