import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { RegistryFiles } from '@forbruk/schemas/registry/read-registry.ts'
import { registryUploadShape } from '@forbruk/schemas/registry/registry-upload.ts'

/** An upload that is no JSON document of the expected shape. */
export class UploadMalformedError extends Error {
  override name = 'UploadMalformedError'
}

type Upload = {
  readonly files: RegistryFiles
  /** As it was sent; null where it names none. */
  readonly validFrom: string | null
}

/** An uploaded registry, from the bytes of its JSON. Throws UploadMalformedError. */
export async function readUpload(body: Readable): Promise<Upload> {
  const { validFrom = null, ...tables } = parseUpload(await text(body))
  const files = Object.entries(tables).map(([name, csv]) => [`${name}.csv`, cut(csv)] as const)
  return { files: new Map(files), validFrom }
}

function parseUpload(body: string) {
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch (error) {
    throw new UploadMalformedError(
      `the body is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    )
  }
  const checked = registryUploadShape.safeParse(document)
  if (checked.success) return checked.data
  const issues = checked.error.issues.map(({ path, message }) => [...path, message].join(': ').slice(0, 200))
  throw new UploadMalformedError(`the body is not right: ${issues.join('; ')}`)
}

const PIECE_BYTES = 65_536

function* cut(csv: string): Generator<Uint8Array> {
  const bytes = Buffer.from(csv)
  for (let start = 0; start < bytes.length; start += PIECE_BYTES)
    yield bytes.subarray(start, start + PIECE_BYTES)
}
