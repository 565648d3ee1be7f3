import { watchUsage } from '@forbruk/alerts/watch-usage.ts'
import { readClosedMonths } from '@forbruk/close/statements/find-revision.ts'
import { openEventLog, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import { readInstallation } from '@forbruk/infra/store/read-installation.ts'
import { logSettings, type Parts } from './parts/open-parts.ts'
import { createRulesReader } from './parts/read-month-rules.ts'
import { readTariffFile } from './parts/read-tariff-file.ts'

/** Alerts are few, and one partition keeps them in order for whoever creates the topic with this. */
const PARTITIONS = 1

/** Watches usage until it is disposed of. What can't be opened is thrown; what fails later is told and tried again. */
export async function startAlerts(parts: Parts): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const { topic, webhooks, secret } = config.alerts
  const tariff = await readTariffFile(config.tariffPath)
  const store = await parts.store()
  const counted = await parts.log()
  const settings = logSettings({ ...config.log, topic, partitionCount: PARTITIONS }, logger)
  const alertsTopic = await openEventLog(settings)
  const writer = openSoleWriter(settings, alertsTopic, await readInstallation(store))
  const stopping = new AbortController()
  const watching = watchUsage({
    store,
    counted,
    alertsTopic,
    writer,
    timeZone: tariff.timeZone,
    readRules: createRulesReader(store, tariff),
    readClosedMonths: async () => new Set((await readClosedMonths(store)).map(({ month }) => month)),
    webhooks,
    secret,
    clock: Date.now,
    random: Math.random,
    logger,
    signal: stopping.signal,
  })
  logger.info({ topic, webhooks: webhooks.length }, 'watching usage')
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await watching
      await writer.close()
      await alertsTopic.close()
    },
  }
}
