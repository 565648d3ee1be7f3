import type { ViewTexts } from './view-text.ts'

const STATUS_CLASS =
  '2xx and the like. 0xx is a request without an answer; 429 (refused as too many) and 401/407 (nobody has shown to ' +
  'be the client) stand beside 4xx and not in it, except in what fold version 1 counted'

const WHO = {
  client_id: 'Whose requests they are, whoever pays for them',
  integration_id: 'The application that sent them; empty where the gateway named none',
} as const

const SUMS = {
  status_class: STATUS_CLASS,
  requests: 'Requests, each once',
  request_bytes: 'What they sent, in bytes',
  response_bytes: 'What they were answered, in bytes',
  bytes: 'Both together',
} as const

export const usageViews: ViewTexts = {
  usage_hourly: {
    is:
      'What was counted by client, integration, hour and status class, each request once. Copies of a request id ' +
      'are left out some seconds after they were counted.',
    columns: { ...WHO, hour: 'Where the hour begins, UTC', ...SUMS },
  },
  usage_daily: {
    is: 'The same by day of Europe/Oslo.',
    columns: { ...WHO, day: 'Day of Europe/Oslo', ...SUMS },
  },
  usage_monthly: {
    is: 'The same by month of Europe/Oslo. A question for one month reads that month alone.',
    columns: { ...WHO, month: 'Month of Europe/Oslo, YYYY-MM', ...SUMS },
  },
  usage_counted: {
    is:
      'What usage_hourly adds up, for whoever has to tell streams apart: a row for each block, and one with ' +
      'negative figures for each copy of a request id. A row says nothing alone; only sums do.',
    columns: {
      stream: 'The topic that was counted',
      client_id: WHO.client_id,
      hour: 'Where the hour begins, UTC',
      integration_id: WHO.integration_id,
      status_class: STATUS_CLASS,
      requests: 'To be added up: -1 for a copy',
      request_bytes: 'To be added up, in bytes',
      response_bytes: 'To be added up, in bytes',
    },
  },
  usage_by_month: {
    is:
      'The same as usage_counted by month, and read faster: of blocks that are complete it has the sums. A row says ' +
      'nothing alone; only sums do.',
    columns: {
      stream: 'The topic that was counted',
      client_id: WHO.client_id,
      first_day: "The month's first day, Europe/Oslo",
      integration_id: WHO.integration_id,
      status_class: STATUS_CLASS,
      requests: 'To be added up: -1 for a copy',
      request_bytes: 'To be added up, in bytes',
      response_bytes: 'To be added up, in bytes',
    },
  },
  usage_by_day: {
    is: 'The same by day, of all clients together.',
    columns: {
      stream: 'The topic that was counted',
      day: 'Day of Europe/Oslo',
      requests: 'To be added up: -1 for a copy',
      request_bytes: 'To be added up, in bytes',
      response_bytes: 'To be added up, in bytes',
    },
  },
}
