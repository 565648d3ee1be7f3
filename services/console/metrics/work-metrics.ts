import type { Metric } from './metric.ts'
import type { MetricFacts } from './metric-facts.ts'

type WorkFacts = Pick<MetricFacts, 'processes' | 'closes' | 'casesOpen' | 'waiting' | 'webhookAttempts'>

/** Who is at work, and what is done and waits of a month. */
export const WORK_METRICS: readonly Metric<WorkFacts>[] = [
  {
    name: 'forbruk_processes_alive',
    kind: 'gauge',
    help: 'Processes that gave a sign of life in the last 5 s, by what they do; none are known of an embedded store.',
    labels: ['kind'],
    read: ({ processes }) => processes.map(({ kind, alive }) => ({ labels: { kind }, value: alive })),
  },
  {
    name: 'forbruk_month_closed_timestamp_seconds',
    kind: 'gauge',
    help: 'When the newest revision of a month was closed, of the last twelve closed months.',
    labels: ['month'],
    read: ({ closes }) =>
      closes.map(({ month, closedAtMs }) => ({ labels: { month }, value: closedAtMs / 1_000 })),
  },
  {
    name: 'forbruk_month_revision',
    kind: 'gauge',
    help: 'The newest revision of a month, of the last twelve closed months.',
    labels: ['month'],
    read: ({ closes }) => closes.map(({ month, revision }) => ({ labels: { month }, value: revision })),
  },
  {
    name: 'forbruk_dialogue_cases_open',
    kind: 'gauge',
    help: 'Dialogue cases that are not decided.',
    labels: [],
    read: ({ casesOpen }) => [{ value: casesOpen }],
  },
  {
    name: 'forbruk_waiting_findings',
    kind: 'gauge',
    help: 'What waits for a person, by kind.',
    labels: ['kind'],
    read: ({ waiting }) => waiting.map(({ kind, findings }) => ({ labels: { kind }, value: findings })),
  },
  {
    name: 'forbruk_webhook_attempts_total',
    kind: 'counter',
    help: 'Attempts to bring a usage alert to a webhook: accepted, failed, or failed for the last time (given_up).',
    labels: ['outcome'],
    read: ({ webhookAttempts }) =>
      webhookAttempts.map(({ outcome, attempts }) => ({ labels: { outcome }, value: attempts })),
  },
]
