import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeVersions, type RegistryVersion } from './registry-versions.ts'

function version(sequence: number, validFrom: string | null): RegistryVersion {
  const counts = { clients: 0, partners: 0, integrations: 0, activations: 0 }
  return { sequence, validFrom, importId: `content ${sequence}`, importedAtMs: 0, ...counts }
}
const holding = (...months: (string | null)[]) =>
  placeVersions(months.map((month, index) => version(index + 1, month))).map(({ holds }) =>
    holds === null ? 'corrected' : `${holds.from ?? ''}..${holds.until ?? ''}`,
  )

describe('placeVersions', () => {
  test.each<[string, (string | null)[], string[]]>([
    ['one holds for ever', [null], ['..']],
    ['a later import for the same months corrects the one before', [null, null], ['corrected', '..']],
    ['a dated one holds from its month on', [null, '2026-10'], ['..2026-10', '2026-10..']],
    [
      'a correction of earlier months leaves the later version alone',
      [null, '2026-10', null],
      ['corrected', '2026-10..', '..2026-10'],
    ],
    [
      'one in between ends the earlier and is ended by the later',
      [null, '2026-12', '2026-10'],
      ['..2026-10', '2026-12..', '2026-10..2026-12'],
    ],
    ['without one from the first, earlier months have none', ['2026-10'], ['2026-10..']],
  ])('%s', (_what, months, expected) => {
    expect(holding(...months)).toEqual(expected)
  })

  test('every month has one version at most: the newest first month, and of these the last import', () => {
    const month = fc.constantFrom(null, '2026-01', '2026-02', '2026-10')
    fc.assert(
      fc.property(
        fc.array(month, { maxLength: 8 }),
        fc.constantFrom('2025-12', '2026-02', '2026-12'),
        (imports, of) => {
          const versions = imports.map((validFrom, index) => version(index + 1, validFrom))
          const holding = placeVersions(versions.toReversed()).filter(
            ({ holds }) =>
              holds !== null && (holds.from ?? '') <= of && (holds.until === null || of < holds.until),
          )
          const expected = versions
            .filter(({ validFrom }) => (validFrom ?? '') <= of)
            .toSorted(
              (a, b) => (a.validFrom ?? '').localeCompare(b.validFrom ?? '') || a.sequence - b.sequence,
            )
            .at(-1)
          expect(holding.map(each => each.sequence)).toEqual(
            expected === undefined ? [] : [expected.sequence],
          )
        },
      ),
    )
  })
})
