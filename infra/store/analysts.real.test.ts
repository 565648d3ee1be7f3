import { readFileSync } from 'node:fs'
import { queryBindAsync } from 'chdb'
import { expect, test } from 'vitest'

const script = readFileSync(new URL('./analysts.sql', import.meta.url), 'utf8')

async function ask(sql: string, parameters: Record<string, unknown>): Promise<string> {
  return (await queryBindAsync(sql, parameters, { format: 'TSVRaw' })).text()
}

/** The embedded engine has a server's parser and settings, and no accounts to make: that much is checked. */
test('the script parses, sets settings that there are, and grants nothing but reading', async () => {
  const statements = script
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map(each => each.trim())
  expect(statements.pop()).toBe('')
  const formatted = await Promise.all(
    statements.map(statement => ask('SELECT formatQuerySingleLine({statement:String})', { statement })),
  )
  expect(formatted.map(statement => statement.split(' ', 2).join(' '))).toEqual([
    'CREATE SETTINGS',
    'CREATE USER',
    'CREATE QUOTA',
    'GRANT SELECT',
    'REVOKE SELECT',
  ])
  const names = [...script.matchAll(/^ {4}([a-z_]+) = /gm)].map(([, name]) => name)
  expect(names).toContain('readonly')
  const found = await ask('SELECT count() FROM system.settings WHERE name IN {names:Array(String)}', {
    names,
  })
  expect(found).toBe(`${names.length}\n`)
})
