import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeUse, REQUEST_ID_FIELDS, WITHOUT_REQUEST_ID } from './request-ids.ts'

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')

test('the page says of every field whose word it is, and nothing else', () => {
  const section = README.split('## What makes a request itself')[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| ') && line.includes('`'))
  expect(rows).toEqual(
    REQUEST_ID_FIELDS.map(
      each => `| ${each.gateway} | \`${each.field}\` | the ${each.setBy}'s | ${describeUse(each)} |`,
    ),
  )
  expect(section).toContain(`${WITHOUT_REQUEST_ID.join(' and ')} log none.`)
})

test('no id that a caller can set is an identity without a condition', () => {
  const unconditional = REQUEST_ID_FIELDS.filter(each => describeUse(each) === 'yes')
  expect(unconditional.map(each => each.setBy)).toEqual(unconditional.map(() => 'gateway'))
  expect(unconditional.map(each => each.field)).not.toContain('$context.requestId')
  expect(unconditional.map(each => each.field)).not.toContain('correlation_id')
})
