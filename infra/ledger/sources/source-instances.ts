import type { MarkedObstacle, MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import { OTHER_INSTANCES, UNNAMED_INSTANCE } from '@forbruk/schemas/event/special-instance.ts'
import type { Store } from '../../store/store.ts'
import { sourceInstances } from '../../store/tables/source-instances.ts'
import { select } from '../../store/tables/table.ts'

/** A shipper of a source, by its progress; or those that give no id, or are more than are told apart, as one. */
export type SourceInstance = {
  readonly instance: string
  readonly host: string
  /** What it vouches for. Where a copy of its progress was at work, no more than that began with. */
  readonly throughMs: number
  /** When its newest mark came into the log. */
  readonly heardMs: number
  /** It grows whenever the shipper is heard. */
  readonly sequence: number
  /** Signs of a copy of its progress. */
  readonly copies: number
  /** Nobody has settled these yet. */
  readonly isCopied: boolean
  /** What its marks say. */
  readonly obstacles: MarkedObstacles
  /** Why a person said that it will ship no more; null while it stands. */
  readonly retired: string | null
}

const { list, shape } = select(sourceInstances)

/** By source, the longest silent first; nothing of a source whose marks don't say who gave them. */
export async function readInstances(
  store: Store,
  stream: string,
): Promise<ReadonlyMap<string, readonly SourceInstance[]>> {
  const rows = await store.query(
    `SELECT ${list} FROM source_instances WHERE stream = {stream:String} ORDER BY source, heard, instance`,
    shape,
    { stream },
  )
  const instances = rows.map(({ obstacles: listed, obstaclesTotal: total, retiredReason, ...row }) => ({
    ...row,
    obstacles: { total, listed },
    retired: retiredReason,
  }))
  return new Map(
    [...Map.groupBy(instances, ({ source }) => source)].map(([source, all]) => [
      source,
      all.map(({ stream: _, source: __, ...instance }) => instance),
    ]),
  )
}

/** One that has been silent for so much longer than another may be gone for good. */
const SILENT_MS = 86_400_000

/** What a person has to see to of those that vouch for a source. Pure. */
export function explainInstances(instances: readonly SourceInstance[]): readonly MarkedObstacle[] {
  const standing = instances.filter(({ retired }) => retired === null)
  const newestMs = Math.max(...standing.map(({ heardMs }) => heardMs))
  return standing.flatMap((one): MarkedObstacle[] => {
    const found = { path: nameInstance(one), sinceMs: one.heardMs }
    if (one.isCopied) return [{ reason: 'progress_copied', ...found }]
    if (one.instance === OTHER_INSTANCES) return [{ reason: 'too_many_instances', ...found }]
    return newestMs - one.heardMs > SILENT_MS ? [{ reason: 'instance_silent', ...found }] : []
  })
}

/** `5f2c9a01d3e84b76 on gw-1`. Pure. */
export function nameInstance({ instance, host }: Pick<SourceInstance, 'instance' | 'host'>): string {
  return instance === UNNAMED_INSTANCE || instance === OTHER_INSTANCES ? instance : `${instance} on ${host}`
}
