import type { MetricFacts } from '@forbruk/console/metrics/metric-facts.ts'
import { EventLogError, type ForeignTopic } from '@forbruk/infra/log/event-log.ts'
import { openForeignTopic } from '@forbruk/infra/log/open-event-log.ts'
import { readForeignPlaces } from '@forbruk/intake/read-places.ts'
import { logSettings, type Parts } from '../parts/open-parts.ts'

type IntakePlaces = AsyncDisposable & {
  /** Of a topic that can't be looked at nothing is told; the marks of its source say why it comes no further. */
  read(): Promise<MetricFacts['intakes']>
}

/** How far the topics are taken in that FORBRUK_INTAKE names for this process. Each is opened when it is asked for. */
export function openIntakePlaces(parts: Pick<Parts, 'config' | 'logger' | 'store'>): IntakePlaces {
  const { config, logger } = parts
  const opened = new Map<string, ForeignTopic>()
  const open = async (topic: string) => {
    const known = opened.get(topic)
    if (known !== undefined) return known
    const foreign = await openForeignTopic(logSettings(config.log, logger), topic)
    opened.set(topic, foreign)
    return foreign
  }
  const readOne = async (topic: string, source: string): Promise<MetricFacts['intakes']> => {
    try {
      const place = { stream: config.log.topic, source }
      const places = await readForeignPlaces(await parts.store(), place, await open(topic))
      return places.map(each => ({ source, ...each }))
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error
      logger.debug({ err: error, topic, source }, 'how far a topic is taken in could not be seen')
      return []
    }
  }
  return {
    async read() {
      const places: MetricFacts['intakes'][number][] = []
      for (const intake of config.intakes) {
        const topic = intake.get('topic') ?? ''
        places.push(...(await readOne(topic, intake.get('source') ?? topic)))
      }
      return places
    },
    async [Symbol.asyncDispose]() {
      for (const topic of opened.values()) await topic.close()
    },
  }
}
