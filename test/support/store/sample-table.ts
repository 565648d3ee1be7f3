import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'

/** A table with a column of each type the project keeps, and rows at the ends of their ranges. */
const CREATE_SAMPLE = `
CREATE TABLE IF NOT EXISTS sample
(
    id UInt32,
    offset_last UInt64,
    difference Int64,
    client_id String,
    hour DateTime('UTC'),
    appended_at DateTime64(3, 'UTC'),
    amount Decimal(38, 9),
    period LowCardinality(String),
    status Enum8('2xx' = 2, '5xx' = 5),
    note Nullable(String),
    partitions Array(UInt32)
)
ENGINE = MergeTree
ORDER BY id
SETTINGS fsync_after_insert = 1`

const AWKWARD = `Ærlig & "sønn's" \\ tab\t new\nline 你好 🐟 ; DROP TABLE sample --`

/** As the store answers them: 64 bits and decimals as strings. */
export const SAMPLE_ROWS = [
  {
    id: 1,
    offset_last: '18446744073709551615',
    difference: '-9223372036854775808',
    client_id: AWKWARD,
    hour: '2026-10-25 00:00:00',
    appended_at: '2026-10-25 00:59:59.999',
    amount: '12345678901234567890.123456789',
    period: '2026-10',
    status: '2xx',
    note: null,
    partitions: [0, 4_294_967_295],
  },
  {
    id: 2,
    offset_last: '0',
    difference: '9223372036854775807',
    client_id: '',
    hour: '1970-01-01 00:00:00',
    appended_at: '1970-01-01 00:00:00.000',
    amount: '-0.017',
    period: '',
    status: '5xx',
    note: 'a',
    partitions: [],
  },
]

export const sampleShape = z.object({
  id: z.int(),
  offset_last: z.string(),
  difference: z.string(),
  client_id: z.string(),
  hour: z.string(),
  appended_at: z.string(),
  amount: z.string(),
  period: z.string(),
  status: z.string(),
  note: z.string().nullable(),
  partitions: z.array(z.int()),
})

export async function fillSample(store: Store): Promise<void> {
  await store.command('DROP TABLE IF EXISTS sample')
  await store.command(CREATE_SAMPLE)
  const [first, second] = SAMPLE_ROWS
  await store.insert('sample', [
    { ...first, offset_last: 18_446_744_073_709_551_615n, hour: '2026-10-25T00:00:00Z' },
    { ...second, offset_last: 0 },
  ])
}
