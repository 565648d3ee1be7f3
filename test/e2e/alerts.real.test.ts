import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventLogSettings, openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import type { UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import { DEFAULT_TARIFF_URL } from '@forbruk/schemas/tariff/read-tariff.ts'
import { decodeUsageAlert } from '@forbruk/schemas/wire/usage-alert-codec.ts'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { startWebhookReceiver } from '../support/alerts/webhook-receiver.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { forbruk, type Running, startForbruk } from '../support/process/run-forbruk.ts'
import { until } from '../support/wait/until.ts'

/** A client passes 50, 80 and 100 % of its allowances while everything runs, and everything is killed in between. */
const SECRET = 'a secret of sufficient length'
const REQUESTS_INCLUDED = 100
/** 1 000 bytes: ten requests of ours are a hundred bytes, so that both metrics pass a level at once. */
const GIGABYTES_INCLUDED = '0.000001'
const REGISTRY = {
  'clients.csv': 'client_id,name,partner_id,collective_invoice\nlys,Lys AS,,no\nmørk,Mørk AS,,no\n',
  'partners.csv': 'partner_id,name\n',
  'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\nweb,Web,internal\n',
  'activations.csv':
    'client_id,integration_id,active_from,active_until\n' +
    'lys,shop,2020-01-01,\nlys,web,2020-01-01,\nmørk,shop,2020-01-01,\n',
}
const brokers = inject('kafkaBrokers')
const eventLogs = brokers === null ? (['embedded'] as const) : (['embedded', 'kafka'] as const)
const root = mkdtempSync(join(tmpdir(), 'forbruk-alerts-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function prepareFolder(eventLog: string) {
  const folder = join(root, eventLog)
  mkdirSync(join(folder, 'registry'), { recursive: true })
  for (const [name, content] of Object.entries(REGISTRY))
    writeFileSync(join(folder, 'registry', name), content)
  const tariff = JSON.parse(readFileSync(DEFAULT_TARIFF_URL, 'utf8'))
  delete tariff.$schema
  tariff.versions.at(-1).consumption.allowance = {
    requests: REQUESTS_INCLUDED,
    gigabytes: GIGABYTES_INCLUDED,
  }
  writeFileSync(join(folder, 'tariff.json'), JSON.stringify(tariff))
  return folder
}

function lines(count: number, client = 'lys', integration = 'shop'): Buffer {
  const msec = (Date.now() / 1000).toFixed(3)
  const figures = { status: '200', request_length: 4, bytes_sent: 6 }
  const line = JSON.stringify({ msec, client_id: client, integration_id: integration, ...figures })
  return Buffer.from(`${line}\n`.repeat(count))
}

const describeSubject = ({ metric, kind, level }: Pick<UsageAlert, 'metric' | 'kind' | 'level'>) =>
  `${kind} ${level} % of ${metric}`

describe.each(eventLogs)('usage alerts on the %s event log', eventLog => {
  test('each level is one alert on topic and webhook, through kill -9 and a webhook that fails', async () => {
    const folder = prepareFolder(eventLog)
    const alertsTopic = uniqueTopic('alerts')
    const logSettings: EventLogSettings =
      eventLog === 'kafka'
        ? {
            kind: 'kafka',
            brokers: brokers ?? [],
            clientId: 'forbruk-test',
            topic: alertsTopic,
            partitionCount: 1,
            replicationFactor: 1,
          }
        : {
            kind: 'embedded',
            path: join(folder, 'data', 'log.sqlite'),
            topic: alertsTopic,
            partitionCount: 1,
            clock: Date.now,
          }

    // The first message that says "used up" is never answered: the sender is killed while it waits.
    const hanging = Promise.withResolvers<void>()
    const healthy = await startWebhookReceiver(SECRET, async ({ message }) => {
      if (message.data.level === 100) {
        hanging.resolve()
        if (up.child.exitCode === null && !isKilled) await new Promise(() => {})
      }
      return 200
    })
    const failing = await startWebhookReceiver(SECRET, async () => 500)
    const settings = {
      FORBRUK_DATA_DIR: join(folder, 'data'),
      FORBRUK_TARIFF: join(folder, 'tariff.json'),
      FORBRUK_ALERT_WEBHOOKS: `${failing.url},${healthy.url}`,
      FORBRUK_ALERT_SECRET: SECRET,
      KAFKA_ALERTS_TOPIC: alertsTopic,
      ...(eventLog === 'kafka'
        ? { KAFKA_BROKERS: (brokers ?? []).join(','), KAFKA_TOPIC: uniqueTopic('gateway') }
        : {}),
      KAFKA_PARTITIONS: '2',
    }
    const ship = (source: string, content: Buffer) =>
      forbruk(['ship', '--format', 'nginx-json', '--source', source, '-'], settings, content)
    const listed = async () =>
      JSON.parse(await forbruk(['alerts', 'list', '--json'], settings)) as ListedAlert[]
    const bothArrived = async (level: number) => {
      const own = () =>
        healthy.received.filter(({ message: { data } }) => data.kind === 'actual' && data.level === level)
      await until(
        () => own().length >= 2,
        () => `${level} % at the webhook`,
      )
    }

    await forbruk(['registry', 'import', join(folder, 'registry')], settings)
    let isKilled = false
    let up: Running = startForbruk(['up'], settings)
    try {
      await up.saying('counting')
      // Free use and a client far from its allowance reach nothing.
      await ship('first', Buffer.concat([lines(200, 'lys', 'web'), lines(4, 'mørk'), lines(50)]))
      await bothArrived(50)
      await ship('second', lines(30))
      await bothArrived(80)
      await ship('third', lines(20))
      await hanging.promise
      up.child.kill('SIGKILL')
      await up.finished
      isKilled = true
      const unanswered = healthy.received
        .filter(({ message }) => message.data.level === 100)
        .map(({ id }) => id)

      up = startForbruk(['up'], settings)
      await up.saying('counting')
      const allPublished = async () => {
        const alerts = await listed()
        return actual(alerts).length === 6 && alerts.every(alert => alert.published_at !== null)
      }
      // Each look is a process of its own, and after a kill -9 a group waits half a minute for its dead member.
      await until(allPublished, () => 'six alerts on the topic', 120_000)
      await bothArrived(100)
      // More use, and time for two looks: nothing is left to be said.
      await ship('fourth', lines(10))
      await new Promise(resolve => setTimeout(resolve, 6_000))
      const alerts = await listed()
      const { code } = await up.stop()
      expect(code, up.stderr).toBe(0)

      expect(actual(alerts).map(describeSubject).sort()).toEqual([
        'actual 100 % of bytes',
        'actual 100 % of requests',
        'actual 50 % of bytes',
        'actual 50 % of requests',
        'actual 80 % of bytes',
        'actual 80 % of requests',
      ])
      expect(new Set(alerts.map(alert => alert.client_id))).toEqual(new Set(['lys']))
      expect(alerts.find(alert => describeSubject(alert) === 'actual 80 % of requests')).toMatchObject({
        used: '80',
        allowance: '100',
        forecast: null,
      })

      const onTopic = await readTopic(logSettings)
      expect(onTopic.map(alert => alert.alertId).sort()).toEqual(alerts.map(alert => alert.alert_id).sort())
      const times = Map.groupBy(healthy.received, ({ id }) => id)
      expect(new Set(times.keys())).toEqual(new Set(alerts.map(alert => alert.alert_id)))
      for (const [id, received] of times) {
        // Sent again after half a minute, as nobody knows that it arrived: by its id its receiver does.
        expect(received.length).toBeLessThanOrEqual(unanswered.includes(id) ? 2 : 1)
      }
      expect(healthy.received.every(each => each.isSigned)).toBe(true)
      expect(failing.received.length).toBeGreaterThan(alerts.length)
      for (const { webhooks } of alerts) {
        expect(webhooks.map(webhook => webhook.state).sort()).toContain('trying')
        expect(webhooks.map(webhook => webhook.detail)).toContain('500: not accepted')
      }
      expect(up.stderr + JSON.stringify(alerts)).not.toMatch(/hunter2|a secret of/)
    } finally {
      up.child.kill('SIGKILL')
      await Promise.all([healthy.stop(), failing.stop()])
    }
  })
})

type ListedAlert = {
  alert_id: string
  client_id: string
  metric: UsageAlert['metric']
  kind: UsageAlert['kind']
  level: UsageAlert['level']
  published_at: string | null
  webhooks: { state: string; detail: string }[]
}

/** Forecasts depend on how much of the month is left. */
function actual(alerts: readonly ListedAlert[]): ListedAlert[] {
  return alerts.filter(alert => alert.kind === 'actual')
}

async function readTopic(settings: EventLogSettings): Promise<UsageAlert[]> {
  const log = await openEventLog(settings)
  try {
    const { startOffset, endOffset } = await log.bounds(0)
    const alerts: UsageAlert[] = []
    for await (const { records } of log.read(0, startOffset, endOffset)) {
      for (const { value } of records) {
        const alert = decodeUsageAlert(value)
        if (alert !== null) alerts.push(alert)
      }
    }
    return alerts
  } finally {
    await log.close()
  }
}
