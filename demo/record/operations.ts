// What each integration does with the API, and in which rhythm.
import type { Habit } from './calendar.ts'

export interface Operation {
  weight: number
  method: 'GET' | 'POST' | 'PUT'
  /** Without the identifier; a collection when idCount is 0. */
  path: string
  idCount: number
  bodyBytesLow: number
  bodyBytesHigh: number
}

export interface Trait {
  habit: Habit
  /** Requests of an average client in a month, before scaling. */
  monthlyRequests: number
  sessionRequests: number
  gapMs: number
  userAgent: string
  /** Share of the item reads that send If-None-Match. */
  conditionalShare: number
  operations: readonly Operation[]
}

/** How many identifiers of each kind exist; content.ts makes a file for each. */
export const itemCounts: Readonly<Record<string, number>> = {
  '/v1/invoices': 24,
  '/v1/customers': 16,
  '/v1/products': 30,
  '/v1/vouchers': 16,
  '/v1/orders': 24,
  '/v1/employees': 8,
  '/v1/reports': 10,
  '/v1/attachments': 24,
}

function list(weight: number, path: string): Operation {
  return { weight, method: 'GET', path, idCount: 0, bodyBytesLow: 0, bodyBytesHigh: 0 }
}

function item(weight: number, path: string): Operation {
  return { ...list(weight, path), idCount: itemCounts[path] ?? 1 }
}

function create(weight: number, path: string, low: number, high: number): Operation {
  return { ...list(weight, path), method: 'POST', bodyBytesLow: low, bodyBytesHigh: high }
}

function replace(weight: number, path: string, low: number, high: number): Operation {
  return { ...item(weight, path), method: 'PUT', bodyBytesLow: low, bodyBytesHigh: high }
}

const bookkeeping = [
  list(5, '/v1/invoices'),
  item(8, '/v1/invoices'),
  list(2, '/v1/customers'),
  item(5, '/v1/customers'),
  list(3, '/v1/vouchers'),
  item(6, '/v1/vouchers'),
  list(2, '/v1/accounts'),
  create(1.2, '/v1/invoices', 600, 2600),
  create(1.5, '/v1/vouchers', 400, 1800),
  create(0.6, '/v1/payments', 180, 320),
  item(0.4, '/v1/reports'),
  item(0.3, '/v1/attachments'),
]

/** An archive that fetches every scanned document: few requests, many bytes. */
export const archiveOperations = [
  item(32, '/v1/attachments'),
  list(6, '/v1/vouchers'),
  item(8, '/v1/vouchers'),
  create(3, '/v1/attachments', 30_000, 160_000),
]

/** A script that asks for news in a loop, without pausing. */
export const loopOperations = [list(1, '/v1/webhooks'), item(3, '/v1/customers')]

function trait(
  habit: Habit,
  monthlyRequests: number,
  [sessionRequests, gapSeconds]: [number, number],
  userAgent: string,
  operations: readonly Operation[],
  conditionalShare = 0.15,
): Trait {
  const gapMs = gapSeconds * 1000
  return {
    habit,
    monthlyRequests,
    sessionRequests,
    gapMs,
    userAgent,
    conditionalShare,
    operations,
  }
}

export const traits: Readonly<Record<string, Trait>> = {
  'web-app': trait('office', 2100, [18, 20], 'web-app/26.9', bookkeeping, 0.3),
  'mobile-app': trait('office', 500, [6, 15], 'mobile-app/9.4 (okhttp)', bookkeeping, 0.4),
  'year-end': trait('office', 160, [25, 8], 'year-end/5.1', bookkeeping),
  'bureau-portal': trait('office', 700, [14, 18], 'havblikk-portal/2.0', bookkeeping),
  'advisor-desk': trait('office', 350, [10, 25], 'lyngmo-desk/0.8', bookkeeping),
  'bi-insight': trait('nightly', 1300, [0, 3], 'innsiktverket-bi/7.2', [
    list(4, '/v1/vouchers'),
    list(4, '/v1/invoices'),
    item(2, '/v1/reports'),
    item(12, '/v1/vouchers'),
    list(1, '/v1/accounts'),
  ]),
  'webshop-sync': trait(
    'shop',
    2600,
    [12, 9],
    'webshop-sync/3.2',
    [
      list(5, '/v1/orders'),
      item(9, '/v1/products'),
      replace(4, '/v1/products', 220, 340),
      create(2, '/v1/orders', 500, 2200),
      item(3, '/v1/orders'),
    ],
    0.5,
  ),
  'pos-terminal': trait(
    'till',
    2600,
    [7, 30],
    'pos-terminal/11.0',
    [item(9, '/v1/products'), create(3, '/v1/vouchers', 380, 900), list(1, '/v1/payments')],
    0.6,
  ),
  'bank-feed': trait('steady', 1300, [2, 6], 'bank-feed/1.9', [
    list(4, '/v1/bank'),
    create(1, '/v1/payments', 240, 1200),
    list(1, '/v1/payments'),
  ]),
  'crm-link': trait(
    'office',
    1100,
    [9, 6],
    'crm-link/4.4',
    [
      list(2, '/v1/customers'),
      item(8, '/v1/customers'),
      replace(2, '/v1/customers', 300, 700),
      list(1, '/v1/webhooks'),
    ],
    0.4,
  ),
  // Driven by curl (see plan.ts), which is why it only reads.
  'payroll-bridge': trait('nightly', 420, [0, 2], '', [
    item(8, '/v1/employees'),
    list(2, '/v1/timesheets'),
    list(1, '/v1/employees'),
  ]),
  timesheet: trait('office', 800, [5, 25], 'timesheet/2.7', [
    create(4, '/v1/timesheets', 260, 900),
    list(3, '/v1/timesheets'),
    item(3, '/v1/employees'),
  ]),
  'invoice-scan': trait('office', 500, [6, 12], 'invoice-scan/6.0', [
    create(3, '/v1/attachments', 20_000, 120_000),
    create(2, '/v1/vouchers', 400, 1400),
    item(2, '/v1/vouchers'),
  ]),
}
