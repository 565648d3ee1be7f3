import { AvroMalformedError } from '@forbruk/schemas/avro/avro-bytes.ts'
import { openAvroSchema } from '@forbruk/schemas/avro/open-avro-schema.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import type { Declaration } from '@forbruk/schemas/gateway/declaration.ts'
import { DECLARATIONS } from '@forbruk/schemas/gateway/declarations.ts'
import { ENVELOPES, type EnvelopeName } from '@forbruk/schemas/gateway/envelope.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { BillingPeriodError, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import { readSeller, SellerError } from '@forbruk/schemas/seller/read-seller.ts'
import { readTariff, TariffError } from '@forbruk/schemas/tariff/read-tariff.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { readExample, readLines, readRecords } from './corpus.ts'

/** What takes bytes from outside. `take` says whether it took them; it throws nothing, whatever they are. */
export type Target = {
  readonly name: string
  readonly seeds: readonly Buffer[]
  readonly take: (input: Buffer) => boolean | Promise<boolean>
}

const WRAP: Readonly<Record<EnvelopeName, (line: Buffer) => Buffer>> = {
  syslog: line => Buffer.concat([Buffer.from('<190>Oct  1 12:00:01 gw-1 nginx: '), line]),
  cri: line => Buffer.concat([Buffer.from('2026-10-01T10:00:01.151Z stdout F '), line]),
  docker: line =>
    Buffer.from(JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-10-01T10:00:01Z' })),
}

/** As shippers write a line to a topic. */
const RECORDS: readonly { readonly name: string; readonly wrap: (line: Buffer) => Buffer }[] = [
  { name: 'json-text', wrap: line => Buffer.from(JSON.stringify(`${line}`)) },
  { name: 'json:message', wrap: line => Buffer.from(JSON.stringify({ message: `${line}` })) },
  {
    name: 'json:log.fields',
    wrap: line => Buffer.from(JSON.stringify({ log: [{ fields: { a: `${line}` } }] })),
  },
  {
    name: 'syslog-ng',
    wrap: line => Buffer.concat([Buffer.from('2026-10-01T10:00:01+02:00 gw-1 nginx: '), line]),
  },
  {
    name: 'otlp',
    wrap: line => {
      const logRecords = [{ body: { stringValue: `${line}` } }]
      return Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))
    },
  },
  { name: 'influx', wrap: line => Buffer.from(`tail a="${String(line).replace(/["\\]/g, '\\$&')}" 17`) },
]

/** A partner and its client, in rows as an administrator writes them. */
const REGISTRY: ReadonlyMap<string, Buffer> = new Map(
  Object.entries({
    'clients.csv':
      'client_id,name,partner_id,collective_invoice,organisation_number,city,country\n' +
      'fjord,"Fjord ""Nord"" AS",havn,yes,310000019,Bodø,NO\nhavn,Havn Regnskap AS,,no,,,\nskog,Skog AS,,no,,,\n',
    'partners.csv': 'partner_id,name\nhavn,Havn Regnskap AS\n',
    'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\nbi,BI,partner\n',
    'activations.csv':
      'client_id,integration_id,active_from,active_until\nfjord,bi,2026-01-01,2026-11-30\nskog,shop,2026-01-01,\n',
  }).map(([name, text]) => [name, Buffer.from(text)]),
)

const FOREIGN_SCHEMA = readExample('schemas/avro/golden/line.avsc')
const FOREIGN_VALUE = Buffer.from(readExample('schemas/avro/golden/line.hex').toString().trim(), 'hex')

export function listTargets(): readonly Target[] {
  const lines = readLines()
  return [
    ...DECLARATIONS.map(declaration => takeFormat('', declaration, lines)),
    ...ENVELOPES.flatMap(around => {
      const wrapped = lines.map(WRAP[around])
      return DECLARATIONS.filter(isEnveloped).map(declaration =>
        takeFormat(`${around}+`, declaration, wrapped),
      )
    }),
    ...RECORDS.map(({ name, wrap }) => takeRecordEnvelope(name, lines.map(wrap))),
    { name: 'avro', seeds: [FOREIGN_VALUE], take: takeAvro() },
    { name: 'avro-schema', seeds: [FOREIGN_SCHEMA], take: takeAvroSchema },
    { name: 'record', seeds: [...readRecords(), ...lines], take: takeRecord },
    ...[...REGISTRY].map(([name, seed]) => ({ name, seeds: [seed], take: takeRegistry(name) })),
    {
      name: 'tariff',
      seeds: [readExample('demo/tariff.json')],
      take: orThrown(text => readTariff(text, 'x'), TariffError),
    },
    {
      name: 'seller',
      seeds: [readExample('schemas/seller/example-seller.json')],
      take: orThrown(text => readSeller(text, 'x'), SellerError),
    },
    {
      name: 'period',
      seeds: [Buffer.from('2026-10')],
      take: orThrown(parseBillingPeriod, BillingPeriodError),
    },
    { name: 'excerpt', seeds: [...lines, ...readRecords()], take: takeExcerpt },
  ]
}

/** Those of which the samples have enough lines for each envelope. */
function isEnveloped({ format }: Declaration): boolean {
  return ['nginx-json', 'combined', 'combined-vhost', 'common'].includes(format)
}

/** Who is metered is in whichever field holds anything in one of the seeds. */
function takeFormat(
  around: string,
  { format, client, fields }: Declaration,
  seeds: readonly Buffer[],
): Target {
  const name = around + format
  const takes = [client, ...Object.keys(fields)].flatMap(field => {
    if (field === undefined || field === null) return []
    const { parseValue } = openGatewayFormat(name, { client: field })
    return [(input: Buffer) => parseValue(input).some(({ kind }) => kind === 'request')]
  })
  return { name, seeds, take: takes.find(take => seeds.some(take)) ?? (() => false) }
}

function takeRecordEnvelope(name: string, seeds: readonly Buffer[]): Target {
  const envelope = openRecordEnvelope(name)
  if (envelope === null) throw new Error(`no envelope ${name}`)
  return {
    name: `record in ${name}`,
    seeds,
    take: input => envelope.unwrap(input).some(({ kind }) => kind === 'line'),
  }
}

function takeRecord(input: Buffer): boolean {
  const events = decodeRecord(input)
  if (events.length === 0) throw new Error('a record of no event, none of them rejected')
  return events.every(({ kind }) => kind !== 'undecodable')
}

function takeAvro(): Target['take'] {
  const open = openAvroSchema({ text: FOREIGN_SCHEMA.toString(), references: [] })
  return orMalformed(input => JSON.parse(open(input).toString()))
}

/** What is no schema is whatever error its parser has. */
function takeAvroSchema(input: Buffer): boolean {
  let open: (payload: Buffer) => Buffer
  try {
    open = openAvroSchema({ text: input.toString(), references: [] })
  } catch {
    return false
  }
  return orMalformed(payload => JSON.parse(open(payload).toString()))(FOREIGN_VALUE)
}

function orMalformed(read: (input: Buffer) => unknown): (input: Buffer) => boolean {
  return input => {
    try {
      read(input)
      return true
    } catch (error) {
      if (error instanceof AvroMalformedError) return false
      throw error
    }
  }
}

function takeRegistry(name: string): Target['take'] {
  return async input => {
    const files = new Map(REGISTRY).set(name, input)
    const chunks = new Map([...files].map(([file, bytes]) => [file, [bytes]]))
    return (await readRegistry(chunks)).ok
  }
}

function takeExcerpt(input: Buffer): boolean {
  return makeExcerpt(input) !== ''
}

function orThrown(
  read: (text: string) => unknown,
  Expected: new (...args: never[]) => Error,
): Target['take'] {
  return input => {
    try {
      read(input.toString('utf8'))
      return true
    } catch (error) {
      if (error instanceof Expected) return false
      throw error
    }
  }
}
