import type { NewToken } from '@forbruk/schemas/access/access-token.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { OCTOBER, useInstallation } from '../../../../test/support/close/close-october.ts'
import {
  appendRecords,
  flushBlock,
  flushSource,
  GRACE_END_MS,
  OCTOBER_END_MS,
  recordStream,
  writeRegistry,
} from '../../../../test/support/close/counted-month.ts'
import { CLOSE, useConsole } from '../../../../test/support/console/console.ts'
import { until } from '../../../../test/support/wait/until.ts'
import { createAccessOperations } from './access-operations.ts'

const { place, importAll } = useInstallation()
const { open, post, url } = useConsole(place)

/** Long enough to be found wherever they stand, and no part of each other. */
type Somebody = {
  readonly id: string
  readonly name: string
  readonly partnerId: string
  readonly isCollective: boolean
  readonly requests: number
  readonly bytes: number
}

const PARTNERS = ['qp1z', 'qp2z']
const figure = fc.integer({ min: 1_000_003, max: 8_999_999 })
/** Two partners with whatever clients, and whoever has none. */
const worlds = fc
  .array(
    fc.record({
      partner: fc.constantFrom('', ...PARTNERS),
      isCollective: fc.boolean(),
      requests: figure,
      bytes: figure,
    }),
    { minLength: 4, maxLength: 7 },
  )
  .map(all => [
    ...PARTNERS.map((id, index): Somebody => {
      const own = { requests: 9_100_003 + index * 10_007, bytes: 9_500_009 + index * 10_009 }
      return { id, name: `Navn ${id}`, partnerId: '', isCollective: false, ...own }
    }),
    ...all.map(({ partner, isCollective, ...own }, index): Somebody => {
      const id = `qc${index}z`
      return {
        id,
        name: `Navn ${id}`,
        partnerId: partner,
        isCollective: isCollective && partner !== '',
        ...own,
      }
    }),
  ])

async function importWorld(world: readonly Somebody[], names: ReadonlyMap<string, string>): Promise<void> {
  const line = (one: Somebody) =>
    `${one.id},${names.get(one.id)},${one.partnerId},${one.isCollective ? 'yes' : 'no'}`
  await writeRegistry(place().folder, {
    'clients.csv': `client_id,name,partner_id,collective_invoice\n${world.map(line).join('\n')}\n`,
    'partners.csv': `partner_id,name\n${PARTNERS.map(id => `${id},Navn ${id}`).join('\n')}\n`,
    'activations.csv': `client_id,integration_id,active_from,active_until\n${world
      .map(({ id }) => `${id},shop,2026-01-01,`)
      .join('\n')}\n`,
  })
  await importAll(OCTOBER)
}

async function countWorld(world: readonly Somebody[], block: number): Promise<void> {
  const uses = world.map(({ id, requests, bytes }) => ({
    ...{ client: id, integration: 'shop', requests, requestBytes: bytes, responseBytes: 0 },
  }))
  await flushBlock(place().store, { partition: 0, block, nextOffset: 8 * (block + 1), uses })
}

/** What a path can be asked beside nothing. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/v1/usage': [
    'month=2026-10&split=client',
    'month=2026-10&by=day&split=client&split=integration&order=requests',
    'from=2026-09-01&to=2026-12-01',
  ],
  '/v1/clients': [
    'month=2026-10',
    'month=2026-10&search=Navn&sort=payer&order=desc',
    'month=2026-10&standing=over&sort=share&limit=1',
  ],
  '/v1/clients/{id}': ['month=2026-10'],
  '/v1/tariff': ['month=2026-10&language=nb'],
  '/v1/tariff/price': ['month=2026-10&requests=600000&bytes=1'],
  '/v1/months/{month}/export': ['format=json', 'table=statements', 'table=statement_adjustments'],
}

type Question = { readonly method: string; readonly path: string }

/** Every route that the console has, with whatever it can be asked. */
async function listQuestions(asked: readonly string[]): Promise<Question[]> {
  const documentShape = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const { paths } = documentShape.parse(await (await fetch(`${url()}/openapi.json`)).json())
  const fill = (path: string) =>
    /\{(id|payer)\}/.test(path) ? asked.map(id => path.replace(/\{(id|payer)\}/, id)) : [path]
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap(method =>
      fill(path).flatMap(filled =>
        ['', ...(method === 'get' ? (QUERIES[path] ?? []) : [])].map(query => ({
          method: method.toUpperCase(),
          path: `${filled.replace('{month}', '2026-10')}?${query}`,
        })),
      ),
    ),
  )
}

async function askAll(secret: string, questions: readonly Question[]): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>()
  const authorization = `Bearer ${secret}`
  for (const { method, path } of questions) {
    const posted = { headers: { authorization, 'content-type': 'application/json' }, body: '{}' }
    const answer = await fetch(`${url()}${path}`, {
      method,
      ...(method === 'GET' ? { headers: { authorization } } : posted),
    })
    expect(answer.status, path).toBeLessThan(500)
    answers.set(`${method} ${path}`, `${answer.status} ${await answer.text()}`)
  }
  return answers
}

/** What of somebody stands in a text: as a program's answer has it, or grouped on a page. */
function findTold(text: string, { id, name, requests, bytes }: Somebody): string[] {
  const plain = text.replaceAll(/(?<=\d)[\s\u00a0](?=\d)/g, '')
  const figures = [requests, bytes].filter(each => new RegExp(`(?<![0-9a-f])${each}(?![0-9a-f])`).test(plain))
  return [...[id, name].filter(each => text.includes(each)), ...figures.map(String)]
}

/** Made beside the console, a token is asked for in the store, four times a second at most. */
const untilKnown = (secret: string) =>
  until(
    async () =>
      (await fetch(`${url()}/v1/months`, { headers: { authorization: `Bearer ${secret}` } })).status === 200,
    () => 'the console does not know the token',
  )

const SCOPES = [
  { clientId: 'qc0z', partnerId: null },
  { clientId: null, partnerId: 'qp1z' },
]

test.each([1, 2, 3])(
  'nobody else stands in, or changes, what a token of some is answered: world %i',
  { timeout: 600_000 },
  async seed => {
    const [world = []] = fc.sample(worlds, { seed, numRuns: 1 })
    const { store, log, clock } = place()
    await appendRecords(log, 0, 8)
    await recordStream(store)
    await countWorld(world, 0)
    await flushSource(store, { throughMs: OCTOBER_END_MS })
    clock.nowMs = GRACE_END_MS
    const names = new Map(world.map(({ id, name }) => [id, name]))
    await importWorld(world, names)
    await open()
    expect((await post(CLOSE, {})).status).toBe(200)
    const operations = createAccessOperations(store, () => clock.nowMs)
    const make = async (token: Pick<NewToken, 'name' | 'clientId' | 'partnerId'>) => {
      const made = await operations.makeToken({ roles: ['reader'], expiresAfterDays: null, ...token }, 'kari')
      return z.looseObject({ secret: z.string() }).parse(made).secret
    }
    const questions = await listQuestions(['qp1z', 'qc0z', world.at(-1)?.id ?? ''])
    for (const [index, scope] of SCOPES.entries()) {
      const secret = await make({ name: `sees-${scope.clientId ?? scope.partnerId}`, ...scope })
      await untilKnown(secret)
      const isSeen = ({ id, partnerId }: Somebody) =>
        id === scope.clientId || (scope.partnerId !== null && [id, partnerId].includes(scope.partnerId))
      const [seen, others] = [world.filter(isSeen), world.filter(one => !isSeen(one))]
      // Whose client it is by contract is told by id, and no more of them.
      const contract = new Set(seen.map(({ partnerId }) => partnerId))
      const before = await askAll(secret, questions)
      for (const [question, text] of before) {
        const told = others.flatMap(other => findTold(text, other)).filter(each => !contract.has(each))
        expect({ scope, question, told }).toEqual({ scope, question, told: [] })
      }
      // It is told of its own, each id, name and figure.
      const all = [...before.values()].join('\n')
      for (const own of seen) expect([own.id, findTold(all, own).length]).toEqual([own.id, 4])
      for (const { id } of others) names.set(id, `Ny ${names.get(id)}`)
      await importWorld(world, names)
      await countWorld(others, index + 1)
      expect(await askAll(secret, questions)).toEqual(before)
    }
  },
)
