import { expect, test } from 'vitest'
import {
  activation,
  client,
  PUBLISHED,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { CloseRefusedError } from '../gate/refusal.ts'
import { findUndecided } from './find-undecided.ts'

const known = registry([client('a'), client('b')], [activation('a', 'shop')])

test('what is to be decided is summed up by the definition that decides it, with what to do', () => {
  const version = {
    ...PUBLISHED,
    definitions: { ...PUBLISHED.definitions, unknownIntegration: 'undecided' as const },
  }
  const usage = [
    use('a', '', 2n),
    use('b', '', 3n, 0n, 0n, '4xx'),
    use('a', 'shop', 9n),
    use('a', 'new', 7n),
    use('stranger', '', 99n),
  ]
  const undecided = findUndecided(rate(usage, known, version).exceptions)
  expect(new CloseRefusedError('2026-10', undecided).message).toBe(
    [
      '2026-10 is not closed:',
      '  5 requests of 2 clients, such as a, name no integration, and the tariff does not say what they are; ' +
        'set unnamedIntegration to internal, external or exception in a tariff of your own (FORBRUK_TARIFF)',
      '  7 requests of a name an integration that the registry does not know (new), and the tariff does not say what ' +
        'they are; set unknownIntegration to internal, external or exception in a tariff of your own (FORBRUK_TARIFF)',
    ].join('\n'),
  )
})
