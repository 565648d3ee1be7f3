import type { Store } from '../../store/store.ts'
import { type SourceExpectation, sourceExpectation } from '../../store/tables/source-expectation.ts'
import { type SourceRetirement, sourceRetirement } from '../../store/tables/source-retirement.ts'
import { select } from '../../store/tables/table.ts'

/** What people said of the stream's sources, by source: the newer word ends the older one. */
type WordsOnSources = {
  readonly expectations: ReadonlyMap<string, SourceExpectation>
  /** Whether it still holds or not: a source may have gone on since. */
  readonly retirements: ReadonlyMap<string, SourceRetirement>
}

export async function readWordsOnSources(store: Store, stream: string): Promise<WordsOnSources> {
  const expected = await readExpectations(store, stream)
  const retired = await readRetirements(store, stream)
  const retiredAtMs = new Map(retired.map(row => [row.source, row.retiredAtMs]))
  const expectations = new Map(
    expected
      .filter(
        ({ source, recordedAtMs }) => recordedAtMs > (retiredAtMs.get(source) ?? Number.NEGATIVE_INFINITY),
      )
      .map(row => [row.source, row]),
  )
  const standing = retired.filter(({ source }) => !expectations.has(source))
  return { expectations, retirements: new Map(standing.map(row => [row.source, row])) }
}

/** Of each source the newest. */
function readExpectations(store: Store, stream: string): Promise<SourceExpectation[]> {
  const { list, shape } = select(sourceExpectation)
  return store.query(
    `SELECT ${list} FROM source_expectation WHERE stream = {stream:String}
     ORDER BY source, recorded_at DESC LIMIT 1 BY source`,
    shape,
    { stream },
  )
}

/** Of each source the newest. */
function readRetirements(store: Store, stream: string): Promise<SourceRetirement[]> {
  const { list, shape } = select(sourceRetirement)
  return store.query(
    `SELECT ${list} FROM source_retirement WHERE stream = {stream:String}
     ORDER BY source, retired_at DESC LIMIT 1 BY source`,
    shape,
    { stream },
  )
}
