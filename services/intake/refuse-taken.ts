import type { ForeignTopic } from '@forbruk/infra/log/event-log.ts'
import { IntakeRefusedError } from './intake-error.ts'
import { placeOf } from './place.ts'
import type { Recovered } from './recover.ts'

/**
 * Refuses to begin a source with a topic that is taken in under another one, since all of it would count twice. Not
 * where the topic was made anew since then: it ends before what the other source has read of it, or that says so.
 * Throws IntakeRefusedError.
 */
export async function refuseTaken(
  foreign: Pick<ForeignTopic, 'topic' | 'bounds'>,
  recovered: ReadonlyMap<string, Pick<Recovered, 'next' | 'isMarked' | 'others'>>,
): Promise<void> {
  const files = [...recovered.values()]
  if (files.some(({ next, isMarked }) => isMarked || next > 0)) return
  const [taken, outlived] = [new Set<string>(), new Set<string>()]
  for (const [partition, { others }] of files.entries()) {
    if (others.size === 0) continue
    const { endOffset } = await foreign.bounds(partition)
    for (const [source, next] of others) (placeOf(next).offset > endOffset ? outlived : taken).add(source)
  }
  const source = [...taken].find(each => !outlived.has(each))
  if (source === undefined) return
  throw new IntakeRefusedError(
    'topic_unusable',
    `${foreign.topic} is taken in as the source ${JSON.stringify(source)}: under another name each line would ` +
      'count twice. Go on with that --source; for another one, have the shipper write to a new topic',
  )
}
