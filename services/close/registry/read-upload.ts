import type { FileChunks } from '@forbruk/schemas/registry/read-table.ts'
import { registryUploadShape } from '@forbruk/schemas/registry/registry-upload.ts'
import { joinText, readMembers, UploadMalformedError } from './read-members.ts'

/** An uploaded registry, as the bytes of its JSON come. */
export class RegistryUpload implements AsyncIterable<readonly [string, FileChunks]> {
  readonly #body: AsyncIterable<Uint8Array>
  /** The month as the upload says it, known when it has been read; null where it names none. */
  validFrom: string | null = null

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body
  }

  /** Its files. Throws UploadMalformedError. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly [string, FileChunks]> {
    const seen = new Map<string, string>()
    for await (const { name, pieces } of readMembers(this.#body)) {
      if (seen.has(name)) throw wrong(`${name.slice(0, 40)}: it is there twice`)
      seen.set(name, name === 'validFrom' ? await joinText(pieces, MONTH_CHARACTERS_MAX) : '')
      if (name !== 'validFrom') yield [`${name}.csv`, toBytes(pieces)]
    }
    const checked = registryUploadShape.safeParse(Object.fromEntries(seen))
    if (!checked.success) {
      throw wrong(
        checked.error.issues
          .map(({ path, message }) => [...path, message].join(': ').slice(0, 200))
          .join('; '),
      )
    }
    this.validFrom = checked.data.validFrom ?? null
  }
}

/** Of anything that may be meant for one; whether it is one is judged later. */
const MONTH_CHARACTERS_MAX = 1_000

async function* toBytes(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece)
}

function wrong(what: string): UploadMalformedError {
  return new UploadMalformedError(`the body is not right: ${what}`)
}
