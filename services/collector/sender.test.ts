import { hashSecret as hex } from '@forbruk/infra/access/secret.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { expect, test } from 'vitest'
import { findHolder, readTokens } from './sender.ts'

const read = (tokens: unknown) =>
  readTokens(JSON.stringify(tokens), 'tokens.json', (name, { clientField, requestIdField }) =>
    openGatewayFormat(name, { client: clientField, requestId: requestIdField }),
  )

test('a token tells its source and how that writes', () => {
  const holders = read([
    { sha256: hex('a-token-of-kong'), source: 'kong-1', format: 'kong' },
    {
      sha256: hex('another-token'),
      source: 'edge',
      format: 'combined',
      clientField: 'extra1',
      requestIdField: 'extra2',
    },
    { sha256: hex('a-new-token'), source: 'edge' },
  ])
  expect(findHolder(holders, 'a-token-of-kong')).toMatchObject({ source: 'kong-1' })
  expect(findHolder(holders, 'another-token')?.format).toMatchObject({
    name: 'combined',
    isIdentified: true,
  })
  expect(findHolder(holders, 'a-new-token')).toMatchObject({ source: 'edge', format: null })
  expect(findHolder(holders, 'a-token-of-king')).toBeNull()
  expect(findHolder(holders, null)).toBeNull()
})

test.each<[string, unknown, RegExp]>([
  ['no list', {}, /\$: expected a list of tokens/],
  ['nobody', [], /\$: expected at least one token/],
  [
    'a token itself',
    [{ sha256: 'a-secret-token', source: 'a' }],
    /\$\[0\]\.sha256: expected the SHA-256 of a token/,
  ],
  ['no token', [{ sha256: hex(''), source: 'a' }], /\$\[0\]\.sha256: is that of no token at all/],
  [
    'a token of two',
    [
      { sha256: hex('x'), source: 'a' },
      { sha256: hex('x'), source: 'b' },
    ],
    /\$\[1\]\.sha256 is there twice/,
  ],
  ['an unnamed source', [{ sha256: hex('x'), source: '' }], /\$\[0\]\.source: expected 1 to 256/],
  ['an unknown field', [{ sha256: hex('x'), source: 'a', token: 'secret' }], /\$\[0\]: .*token/],
  [
    'fields of no format',
    [{ sha256: hex('x'), source: 'a', clientField: 'c' }],
    /expected format beside them/,
  ],
  [
    'an unknown format',
    [{ sha256: hex('x'), source: 'a', format: 'nginx' }],
    /the format "nginx" is unknown/,
  ],
  ['nobody metered', [{ sha256: hex('x'), source: 'a', format: 'combined' }], /does not say who is metered/],
])('%s is refused', (_what, tokens, message) => {
  expect(() => read(tokens)).toThrow(message)
  expect(() => read(tokens)).not.toThrow(/secret/)
})

test('a file that is no JSON is refused without what it says', () => {
  expect(() => readTokens('my-secret-token', 'tokens.json', name => openGatewayFormat(name))).toThrow(
    /tokens\.json can't be used:\n {2}\$ is no JSON/,
  )
})
