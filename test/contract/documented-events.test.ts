import { readFileSync } from 'node:fs'
import { RECORD_REJECT_REASONS } from '@forbruk/schemas/event/log-event.ts'
import { requestEventV1, sourceMarkV1, sourceMarkV2, sourceMarkV3 } from '@forbruk/schemas/wire/avro-types.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readDocument } from '../architecture/read-document.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const { prose, blocks, spans } = readDocument(read('docs/events.md'))

/** What stands in backticks in the first column of the table under a heading. */
function firstColumnOf(heading: string): string[] {
  const [, section = ''] = prose.split(`\n## ${heading}\n`)
  const [rows = ''] = section.split('\n## ')
  return [...rows.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  )
}

test('docs/events.md has every reason for which a record is rejected', () => {
  expect(firstColumnOf('What is rejected')).toEqual([...RECORD_REJECT_REASONS])
})

test('it has the fields of the JSON Schema and of the Avro mark', () => {
  const schema = z
    .object({ $defs: z.object({ request: z.object({ properties: z.record(z.string(), z.unknown()) }) }) })
    .parse(JSON.parse(read('schemas/wire/request-event.schema.json')))
  expect(firstColumnOf('A request in JSON').sort()).toEqual(
    Object.keys(schema.$defs.request.properties).sort(),
  )
  const mark = z
    .object({ fields: z.array(z.object({ name: z.string() })) })
    .parse(JSON.parse(read('schemas/wire/source-mark.v3.avsc')))
  expect(firstColumnOf('Sources, and how a loss is noticed')).toEqual(mark.fields.map(({ name }) => name))
})

test('its bytes before Avro values are those of the schemas', () => {
  const headers = [requestEventV1, sourceMarkV1, sourceMarkV2, sourceMarkV3].map(({ header }) =>
    header.toString('hex'),
  )
  expect(spans.filter(span => span.startsWith('c301'))).toEqual(headers)
})

test('its examples are counted', () => {
  const examples = blocks.filter(({ language }) => language === 'json').map(({ lines }) => lines.join('\n'))
  const counted = examples.map(text => decodeRecord(Buffer.from(text)).map(({ kind }) => kind))
  expect(counted).toEqual([['request'], ['request', 'request']])
})
