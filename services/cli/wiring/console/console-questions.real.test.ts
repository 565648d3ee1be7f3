import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TARIFF, useInstallation } from '../../../../test/support/close/close-october.ts'
import { useConsole } from '../../../../test/support/console/console.ts'
import {
  clientListSql,
  forecastSql,
  meteredSql,
  nearSql,
  shareSql,
  type Terms,
  termsOf,
} from '../../../console/pages/sql/allowances.ts'

const { place, countAll } = useInstallation()
const { open, get } = useConsole(place)

const amounts = z.object({ requests: z.string(), bytes: z.string() })
const answerShape = z.looseObject({
  month: z.string(),
  from: z.string(),
  to: z.string(),
  asOf: z.string(),
  allowance: amounts.nullable(),
  registry: z.object({ sequence: z.int(), importId: z.string() }).nullable(),
  clients: z.array(
    z.looseObject({
      clientId: z.string(),
      requests: z.string(),
      requestBytes: z.string(),
      responseBytes: z.string(),
      percent: amounts,
      forecast: amounts.nullable(),
      metered: amounts,
    }),
  ),
})
const [version] = TARIFF.versions
const MEASURES = ['requests', 'bytes'] as const

/** The rows of texts that the question answers, without zeros that mean nothing. */
async function ask(sql: string): Promise<string[][]> {
  const answer = await place().store.queryText(sql, 'TSV')
  const lines = answer.split('\n').filter(line => line !== '')
  return lines.map(line => line.split('\t').map(toPlain))
}

function toPlain(figure: string): string {
  return figure.includes('.') ? figure.replace(/\.?0+$/, '') : figure
}

async function look(path: string): Promise<z.output<typeof answerShape>> {
  return answerShape.parse(await (await get(path)).json())
}

function termsOfAnswer(facts: z.output<typeof answerShape>): Terms {
  const terms = termsOf(facts, version)
  if (terms === null) throw new Error('expected a registry and a tariff for the month')
  return terms
}

describe.each([
  ['over', '2026-11-10T12:00:00Z'],
  ['running', '2026-10-17T22:00:00Z'],
  ['running in its first days', '2026-10-02T12:00:00Z'],
])('of a month that is %s the pages show what their SQL says:', (_, now) => {
  test('shares, forecasts, and who is near', async () => {
    await countAll()
    await open()
    place().clock.nowMs = Date.parse(now)
    const list = await look('/v1/clients?month=2026-10')
    const terms = termsOfAnswer(list)
    expect(list.clients).toHaveLength(3)
    for (const { clientId, percent, forecast, metered } of list.clients) {
      for (const measure of MEASURES) {
        expect(await ask(shareSql(terms, measure, clientId))).toEqual([[toPlain(percent[measure])]])
        const sql = forecastSql(terms, measure, clientId)
        expect(sql === null).toBe(forecast === null)
        if (sql !== null) expect(await ask(sql)).toEqual([[forecast?.[measure]]])
      }
      const last = (await ask(meteredSql(terms, clientId))).at(-1) ?? ['0', '0']
      expect(last).toEqual([metered.requests, metered.bytes])
    }
    const listed = list.clients.map(({ clientId, requests, requestBytes, responseBytes, percent }) => [
      ...[clientId, requests, String(BigInt(requestBytes) + BigInt(responseBytes))],
      String(Math.max(Number(percent.requests), Number(percent.bytes))),
    ])
    const used = listed.filter(([, requests]) => requests !== '0')
    expect(await ask(clientListSql({ month: '2026-10', sort: 'client' }, terms))).toEqual(used)
    const overview = await look('/v1/overview?month=2026-10')
    const near = overview.clients.map(({ percent }) => MEASURES.map(measure => toPlain(percent[measure])))
    expect(near.length).toBeGreaterThan(0)
    expect(await ask(nearSql(termsOfAnswer(overview)))).toEqual(near)
  })
})
