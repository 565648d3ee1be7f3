import { openEventLog, openForeignTopic, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { readEnveloped } from '../../../services/intake/read-value.ts'
import { runTerm } from '../../../services/intake/run-term.ts'

/**
 * One term of an intake, to be killed: it leads from its start on, as a process does that was not told that its turn is
 * over. Arguments: brokers, the log's topic, the foreign one. Says on standard output how far earlier ones came, and
 * each append, a line each.
 */
const [brokers = '', topic = '', foreignTopic = ''] = process.argv.slice(2)
const settings = {
  kind: 'kafka',
  brokers: brokers.split(','),
  topic,
  partitionCount: 3,
  replicationFactor: 1,
  clientId: 'forbruk-test',
} as const
const envelope = openRecordEnvelope('lines')
if (envelope === null) throw new Error('no envelope')
const format = openGatewayFormat('nginx-json')
const log = await openEventLog(settings)
const foreign = await openForeignTopic(settings, foreignTopic)
const sole = openSoleWriter(settings, log, 'intake.edge')
const writer: SoleWriter = {
  ...sole,
  async claim() {
    const claim = await sole.claim()
    return {
      async append(records) {
        const places = await claim.append(records)
        console.log(`appended ${places.length}`)
        return places
      },
    }
  },
}
const never = new AbortController().signal
await runTerm({
  ...{ foreign, log, writer, source: 'edge', rejectedShareMax: 1, untilCaughtUp: true, signal: never },
  formatName: format.name,
  readValue: readEnveloped(envelope, format, null),
  clock: Date.now,
  onWarning: message => console.error(message),
  onBegin: partitions => console.log(JSON.stringify(partitions.map(({ nextOffset }) => nextOffset))),
  onProgress: () => undefined,
})
await writer.close()
await foreign.close()
await log.close()
