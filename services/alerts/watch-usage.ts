import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import type { Logger } from 'pino'
import { type JudgeParts, judgeMonths, type LastLook } from './judge/judge-months.ts'
import { createPublisher } from './publish/publish-alerts.ts'
import { deliverDue } from './webhook/deliver.ts'
import { sendAlert } from './webhook/send.ts'
import { nameWebhook, type Webhook } from './webhook/webhook.ts'

type WatchSettings = JudgeParts & {
  readonly writer: SoleWriter
  readonly webhooks: readonly URL[]
  /** Signs what goes to the webhooks. */
  readonly secret: string
  /** From 0 to below 1. */
  readonly random: () => number
  readonly logger: Pick<Logger, 'info' | 'warn'>
  /** Ends the watch in order: requests that are under way are waited for. */
  readonly signal: AbortSignal
}

const JUDGE_INTERVAL_MS = 3_000
const SEND_INTERVAL_MS = 2_000

/**
 * Raises alerts and sends them, until `signal`. Raising, the topic and each webhook go on by themselves and meet in the
 * store, so that none waits for another. What fails is told and tried again: counting in the same process goes on.
 */
export async function watchUsage(settings: WatchSettings): Promise<void> {
  await Promise.all([keepJudging(settings), keepPublishing(settings), ...keepDelivering(settings)])
}

function keepJudging(settings: WatchSettings): Promise<void> {
  let last: LastLook | null = null
  return keepDoing(settings, JUDGE_INTERVAL_MS, 'usage could not be judged', async () => {
    const { look, raised } = await judgeMonths(settings, last)
    last = look
    for (const { alertId, clientId, month, metric, kind, level } of raised) {
      settings.logger.info({ alertId, clientId, month, metric, kind, level }, 'usage alert')
    }
  })
}

function keepPublishing(settings: WatchSettings): Promise<void> {
  const publisher = createPublisher({ ...settings, stream: settings.counted.topic })
  const what = `alerts could not be sent to the topic ${settings.alertsTopic.topic}`
  return keepDoing(settings, SEND_INTERVAL_MS, what, async () => {
    await publisher.publishPending()
  })
}

function keepDelivering(settings: WatchSettings): Promise<void>[] {
  const { store, counted, webhooks, secret, clock, random, logger } = settings
  const holder = randomUUID()
  const send = (webhook: Webhook, alert: Parameters<typeof sendAlert>[2]) =>
    sendAlert(webhook.url, secret, alert, clock())
  return webhooks.map(nameWebhook).map(webhook =>
    keepDoing(settings, SEND_INTERVAL_MS, `alerts could not be sent to ${webhook.name}`, async () => {
      const { failed } = await deliverDue({
        store,
        stream: counted.topic,
        webhook,
        holder,
        send,
        clock,
        random,
      })
      for (const [detail, times] of countEach(failed)) {
        logger.warn({ webhook: webhook.name, detail, times }, 'a webhook did not take alerts: trying again')
      }
    }),
  )
}

const REMIND_AFTER_MS = 60_000

/** One step after another, each a while after the one before has ended; a failure is told once a minute. */
async function keepDoing(
  { signal, logger, clock }: WatchSettings,
  intervalMs: number,
  failing: string,
  step: () => Promise<void>,
): Promise<void> {
  let told = { reason: '', atMs: 0 }
  while (!signal.aborted) {
    try {
      await step()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== told.reason || clock() - told.atMs >= REMIND_AFTER_MS) {
        logger.warn({ reason }, `${failing}: trying again`)
        told = { reason, atMs: clock() }
      }
    }
    await setTimeout(intervalMs, undefined, { signal }).catch(() => undefined)
  }
}

function countEach(details: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const detail of details) counts.set(detail, (counts.get(detail) ?? 0) + 1)
  return counts
}
