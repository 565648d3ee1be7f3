import { readFile } from 'node:fs/promises'
import { readTokens, type TokenHolder, TokensError } from '@forbruk/collector/sender.ts'
import { openFormatWithFields } from '../parts/read-format-file.ts'

/** Who may send to the collector, and how each writes. Throws TokensError, and GatewayFormatError. */
export async function readCollectorTokens(path: string): Promise<readonly TokenHolder[]> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new TokensError(path, [
      `the file can't be read (${error.code ?? error.message}); expected a list of tokens as JSON`,
    ])
  })
  return readTokens(text, path, (name, { clientField, integrationField, requestIdField }) =>
    openFormatWithFields(name, {
      client: clientField,
      integration: integrationField,
      requestId: requestIdField,
    }),
  )
}
