import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Declaration } from './declaration.ts'
import { DECLARATIONS } from './declarations.ts'
import { describeUse, REQUEST_ID_FIELDS, WITHOUT_REQUEST_ID } from './request-ids.ts'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')

test('the page lists every format as its file declares it', () => {
  const section = README.split('## A format of your own')[0] ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| `'))
  expect(rows).toEqual(DECLARATIONS.map(describeRow))
})

function describeRow({ format, gateway, client, bytesBasis, timeBasis, evidence }: Declaration): string {
  const metered = client === null ? 'to be chosen' : `\`${client}\``
  const bytes = bytesBasis === 'body' ? 'the body' : 'headers and body'
  const from = evidence === 'real_run' ? 'a real run' : 'documentation'
  return `| \`${format}\` | ${gateway} | ${metered} | ${bytes} | the ${timeBasis} | ${from} |`
}

test('the page says of every field whose word it is, and nothing else', () => {
  const section = README.split('## What makes a request itself')[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| ') && line.includes('`'))
  expect(rows).toEqual(
    REQUEST_ID_FIELDS.map(
      each => `| ${each.gateway} | \`${each.field}\` | the ${each.setBy}'s | ${describeUse(each)} |`,
    ),
  )
  const listed = `${WITHOUT_REQUEST_ID.slice(0, -1).join(', ')} and ${WITHOUT_REQUEST_ID.at(-1)} log none.`
  expect(section.replaceAll('\n', ' ')).toContain(listed)
})

test('no id that a caller can set is an identity without a condition', () => {
  const unconditional = REQUEST_ID_FIELDS.filter(each => describeUse(each) === 'yes')
  expect(unconditional.map(each => each.setBy)).toEqual(unconditional.map(() => 'gateway'))
  expect(unconditional.map(each => each.field)).not.toContain('$context.requestId')
  expect(unconditional.map(each => each.field)).not.toContain('correlation_id')
})
