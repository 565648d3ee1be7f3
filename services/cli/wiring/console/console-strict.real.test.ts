import { expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, rows } = useInstallation()
const { open, get, post } = useConsole(place)

const schemaShape = z.record(z.string(), z.unknown())
const parameterShape = z.looseObject({ name: z.string(), in: z.string() })
const operationShape = z.looseObject({
  parameters: z.array(parameterShape).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: schemaShape })) }).optional(),
})
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.partialRecord(z.enum(['get', 'post']), operationShape)),
})

async function readOperations() {
  const { paths } = documentShape.parse(await (await get('/openapi.json')).json())
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  expect(operations.length).toBeGreaterThan(10)
  return operations
}

/** Where an object of a schema takes fields that it doesn't name. */
function findLoose(schema: unknown, at: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((each, index) => findLoose(each, `${at}.${index}`))
  if (typeof schema !== 'object' || schema === null) return []
  const isLoose = 'type' in schema && schema.type === 'object' && !isClosed(schema)
  const inside = Object.entries(schema).flatMap(([key, value]) => findLoose(value, `${at}.${key}`))
  return isLoose ? [at, ...inside] : inside
}

/** A map is closed as well where it says of which names it has, and of which values. */
function isClosed(schema: object): boolean {
  if (!('additionalProperties' in schema)) return false
  const { additionalProperties: others } = schema
  if (others === false) return true
  const isNamed = 'propertyNames' in schema && !('properties' in schema)
  return isNamed && typeof others === 'object' && others !== null && Object.keys(others).length > 0
}

test('no path takes a parameter or a field that it does not know, at any depth', async () => {
  await open()
  for (const { path, method, operation } of await readOperations()) {
    const url = path.replace('{month}', '2026-10').replaceAll(/\{\w+\}/g, 'firma%2F2026-10')
    const asked = method === 'get' ? await get(`${url}?forgotten=1`) : await post(url, { forgotten: 1 })
    const problem = await expectProblem(asked, 400, 'request_malformed')
    expect(problem, path).toMatchObject({ detail: expect.stringContaining('"forgotten"') })
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
      expect(findLoose(schema, path)).toEqual([])
    }
  }
})

test('an action with a field that is none of its is refused, and nothing is recorded', async () => {
  await open()
  const action = { kind: 'decide', outcome: 'charge', months: null, note: 'x', forgotten: '1.00' }
  const asked = post('/v1/cases/firma%2F2026-10/steps', { actor: 'Kari', expectedSequence: 1, action })
  expect(await expectProblem(await asked, 400, 'request_malformed')).toMatchObject({
    detail: expect.stringContaining('"forgotten"'),
  })
  expect(await rows('SELECT * FROM dialogue_step')).toEqual([])
})

test('a number is decimal digits, and nothing else that a program could read as one', async () => {
  await open()
  for (const limit of ['0x10', '1e1', '+5', '%205', '5.0', '', '0', '9007199254740993', '5&limit=6']) {
    for (const path of ['clients', 'usage', 'rejected', 'cases', 'audit-log', 'months/2026-10/statements']) {
      const problem = await expectProblem(await get(`/v1/${path}?limit=${limit}`), 400, 'request_malformed')
      expect([path, limit, problem]).toMatchObject([
        path,
        limit,
        { detail: expect.stringContaining('limit') },
      ])
    }
  }
  for (const revision of ['0x1', ' 1', '1.0'])
    await expectProblem(await get(`/v1/months/2026-10/proof?revision=${revision}`), 400, 'request_malformed')
  expect((await get('/v1/clients?month=2026-10&limit=5')).status).toBe(200)
})

/** Of them nothing is kept, and they say so. */
const WITHOUT_KEY = ['/v1/registry', '/v1/access/tokens', '/v1/access/session', '/v1/access/session/end']

test('each write lists its key, and each that keeps no answer lists none', async () => {
  await open()
  for (const { path, method, operation } of await readOperations()) {
    const headers = operation.parameters.filter(each => each.in === 'header').map(({ name }) => name)
    const hasKey = method !== 'get' && !WITHOUT_KEY.includes(path)
    expect([path, headers]).toEqual([path, hasKey ? ['Idempotency-Key'] : []])
  }
})
