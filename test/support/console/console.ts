import { join } from 'node:path'
import type { Standstill } from '@forbruk/aggregator/run/find-standstills.ts'
import {
  approveAndAnnounce,
  type Closer,
  type ClosingParts,
  closeAndAnnounce,
} from '@forbruk/close/close-and-announce.ts'
import { oneAtATime } from '@forbruk/close/schedule/one-at-a-time.ts'
import { type ConsoleSettings, openConsole } from '@forbruk/console/open-console.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { type Config, readConfig } from '@forbruk/infra/runtime/config.ts'
import { pino } from 'pino'
import { afterEach, expect } from 'vitest'
import { createAccessOperations } from '../../../services/cli/wiring/console/access-operations.ts'
import { createConsoleOperations } from '../../../services/cli/wiring/console/console-operations.ts'
import { waitingReader } from '../../../services/cli/wiring/console/waiting-reader.ts'
import { readTariffFile } from '../../../services/cli/wiring/parts/read-tariff-file.ts'
import { type Installation, TOPIC } from '../close/counted-month.ts'
import { SELLER } from '../close/invoiced-october.ts'

/** The path that closes October. */
export const CLOSE = '/v1/months/2026-10/close'

type Changes = {
  readonly settings?: Partial<ConsoleSettings>
  /** What comes before the close, or in its place. */
  readonly wrap?: (close: Closer) => Closer
  readonly findStandstills?: () => readonly Standstill[]
  /** From where rejected lines are read again. */
  readonly originals?: Partial<Config>
}

/** A console on a free port over a real store and log, asked over real HTTP. Stopped after the test. */
export function useConsole(place: () => Installation) {
  let opened = { url: '', close: async () => {} }
  let logged = ''
  const stop = async () => {
    const stopping = opened
    opened = { ...opened, close: async () => {} }
    await stopping.close()
  }
  const keepLog = (line: string) => {
    logged += line
  }
  afterEach(async () => {
    await stop()
    logged = ''
  })

  const open = async (changes: Changes = {}) => {
    opened = await openOver(place(), changes, keepLog)
  }
  /** Opened with a close that says when it has begun, and goes on when the gate is opened. */
  const openHeld = async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const wrap = (close: Closer): Closer => {
      return async request => {
        begun.resolve()
        await gate.promise
        return close(request)
      }
    }
    await open({ wrap })
    return { gate, begun }
  }
  const get = (path: string) => fetch(`${opened.url}${path}`)
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    fetch(`${opened.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { open, openHeld, stop, get, post, url: () => opened.url, logged: () => logged }
}

async function openOver(
  place: Installation,
  { settings = {}, wrap, findStandstills = () => [], originals = {} }: Changes,
  keepLog: (line: string) => void,
) {
  const { store, log, folder } = place
  const clock = () => place.clock.nowMs
  const config = readConfig({ FORBRUK_DATA_DIR: folder, FORBRUK_CLOSE_SCHEDULE: 'off' })
  const topic = config.statementsTopic
  const statementsLog = openEmbeddedLog({ path: join(folder, 'log.sqlite'), topic, partitionCount: 1, clock })
  const closing: ClosingParts = {
    openStore: async () => store,
    openLog: async () => log,
    statementsTopic: topic,
    openStatementsLog: async () => statementsLog,
    announce: 'immediately',
    readTariff: () => readTariffFile(null),
    clock,
  }
  const tariff = await readTariffFile(null)
  const closer: Closer = request => closeAndAnnounce(closing, request)
  const close = oneAtATime(wrap?.(closer) ?? closer)
  const operations = createConsoleOperations({
    ...{ store, stream: TOPIC, close, timeZone: 'Europe/Oslo', seller: SELLER, clock },
    approve: request => approveAndAnnounce(closing, request),
    statementsTopic: topic,
    openLog: async () => log,
    originals: { config: { ...config, ...originals }, logger: pino({ level: 'silent' }) },
    readTariff: () => readTariffFile(null),
    readWaiting: waitingReader(store, config, tariff, async () => log),
    findStandstills,
    readIntakes: async () => [],
    readCollector: () => null,
  })
  const listen = { host: '127.0.0.1', port: 0 }
  const logger = pino({ level: 'debug' }, { write: keepLog })
  const opened = await openConsole(
    { listen, token: null, login: null, publicUrl: null, logger, clock, ...settings },
    { ...operations, ...createAccessOperations(store, clock) },
  )
  return {
    url: opened.url,
    async close() {
      await opened.close()
      await statementsLog.close()
    },
  }
}

/** An answer that is a problem as RFC 9457 has it, and shows nothing of the program's inside. */
export async function expectProblem(
  answer: Response,
  status: number,
  kind: string,
): Promise<Record<string, unknown>> {
  const text = await answer.text()
  expect([new URL(answer.url).pathname, answer.status]).toEqual([expect.any(String), status])
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({ type: `urn:forbruk:problem:${kind}`, status, title: expect.any(String) })
  expect(text).not.toMatch(/node_modules|\.ts:|at .*\(/)
  return problem
}
