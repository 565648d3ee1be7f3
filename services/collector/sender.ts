import { hashSecret, isSameHash } from '@forbruk/infra/access/secret.ts'
import { isName } from '@forbruk/schemas/event/check-request.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { isPlain } from '@forbruk/schemas/text/plain-text.ts'
import { z } from 'zod'

/** Whoever may send, under which source's name, and how that writes. */
export type Sender = {
  readonly source: string
  /** Null where each request says it. */
  readonly format: DeclaredFormat | null
  /** Null where no token is needed. */
  readonly tokenHash: string | null
}

/** By the SHA-256 of its token, which has too much chance in it to be found from that. */
export type TokenHolder = Sender & { readonly tokenHash: string }

/** The file of tokens can't be used: every mistake, by its place. */
export class TokensError extends Error {
  override name = 'TokensError'
  constructor(file: string, faults: readonly string[]) {
    super(`the tokens in ${file} can't be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
  }
}

const sourceShape = z
  .string()
  .refine(text => isName(text) && isPlain(text), 'expected 1 to 256 characters without control characters')

/** Nobody can present it. */
const NO_TOKEN = hashSecret('')

const shape = z
  .array(
    z.strictObject({
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a token, as 64 digits of hex in small letters')
        .refine(hash => hash !== NO_TOKEN, 'is that of no token at all; expected that of a token'),
      source: sourceShape,
      format: z.string().optional(),
      clientField: z.string().optional(),
      integrationField: z.string().optional(),
      requestIdField: z.string().optional(),
    }),
    'expected a list of tokens',
  )
  .min(1, 'expected at least one token')

type Entry = z.infer<typeof shape>[number]
type ChosenFields = Pick<Entry, 'clientField' | 'integrationField' | 'requestIdField'>
type OpenFormat = (name: string, fields: ChosenFields) => DeclaredFormat

/**
 * @param file what errors call it
 * @throws TokensError, and what `openFormat` throws
 */
export function readTokens(text: string, file: string, openFormat: OpenFormat): readonly TokenHolder[] {
  const parsed = shape.safeParse(parseJson(text, file))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `$${spell(path)}: ${message}`)
    throw new TokensError(file, faults)
  }
  const repeated = parsed.data.findIndex(
    ({ sha256 }, index) => parsed.data.findIndex(other => other.sha256 === sha256) < index,
  )
  if (repeated !== -1) throw new TokensError(file, [`$[${repeated}].sha256 is there twice`])
  return parsed.data.map(({ sha256, source, format, ...fields }, index) => {
    if (format === undefined && Object.keys(fields).length > 0) {
      throw new TokensError(file, [`$[${index}]: fields are chosen of a format; expected format beside them`])
    }
    const opened = format === undefined ? null : openFormat(format, fields)
    return { tokenHash: sha256, source, format: opened }
  })
}

/** What it says is not told: somebody may have written a token there. */
function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TokensError(file, ['$ is no JSON; expected a list of tokens'])
  }
}

function spell(path: readonly PropertyKey[]): string {
  return path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}

/** Every token is compared, so that the time it takes tells nothing of which there are. */
export function findHolder(holders: readonly TokenHolder[], secret: string | null): Sender | null {
  if (secret === null) return null
  const presented = hashSecret(secret)
  return holders.reduce<Sender | null>(
    (found, holder) => (isSameHash(holder.tokenHash, presented) ? holder : found),
    null,
  )
}
