import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { freePort } from '../../support/process/free-port.ts'
import { MAIN, NODE_FLAGS } from '../count-forbruk.ts'
import { readPeakBytes, startProcess } from '../run-process.ts'
import type { WorstQuery } from './worst-queries.ts'

const LOOK_MS = 100
const DAY_MS = 86_400_000
const DAYS = 60

const usageShape = z.object({ rows: z.array(z.object({ requests: z.coerce.number() })) })

export type Up = AsyncDisposable & {
  /**
   * Waits until so many requests are counted, as the usage API says it: per second from the first that it saw to the
   * last. Throws when it takes longer than that.
   */
  counted(
    requests: number,
    waitMaxMs: number,
  ): Promise<{ readonly perSecond: number; readonly peakBytes: number }>
  /** What the read-only endpoint answered: the HTTP status with the engine's code; `cut off`, or `away`. */
  ask(query: Pick<WorstQuery, 'sql' | 'secondsMax'>, signal: AbortSignal): Promise<string>
  stop(): Promise<void>
}

/** A real `forbruk up` on that folder. */
export async function runUp(folder: string): Promise<Up> {
  const [console, store] = [await freePort(), await freePort()]
  const child = startProcess({
    command: process.execPath,
    args: [...NODE_FLAGS, MAIN, 'up'],
    env: {
      ...{ FORBRUK_DATA_DIR: folder, KAFKA_BROKERS: '', CLICKHOUSE_URL: '', LOG_LEVEL: 'warn' },
      ...{ FORBRUK_LISTEN: `127.0.0.1:${console}`, FORBRUK_STORE_LISTEN: `127.0.0.1:${store}` },
    },
  })
  child.stdout?.resume()
  child.stderr?.resume()
  const exit = once(child, 'exit')

  async function readCounted(): Promise<number> {
    const [from, to] = [-DAYS, 2].map(days => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10))
    const answer = await fetch(`http://127.0.0.1:${console}/v1/usage?from=${from}&to=${to}`).catch(() => null)
    if (answer?.ok !== true) return 0
    return usageShape.parse(await answer.json()).rows.reduce((sum, { requests }) => sum + requests, 0)
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await exit
  }

  return {
    async counted(requests, waitMaxMs) {
      const begunMs = performance.now()
      let first: { readonly counted: number; readonly atMs: number } | null = null
      for (;;) {
        const counted = await readCounted()
        const nowMs = performance.now()
        if (counted > 0) first ??= { counted, atMs: nowMs }
        if (first !== null && counted >= requests) {
          const perSecond = ((counted - first.counted) / (nowMs - first.atMs)) * 1_000
          return { perSecond, peakBytes: readPeakBytes(child.pid) ?? 0 }
        }
        if (child.exitCode !== null) throw new Error(`forbruk up ended with ${child.exitCode}`)
        if (nowMs - begunMs > waitMaxMs)
          throw new Error(`${counted} of ${requests} are counted after ${waitMaxMs} ms`)
        await setTimeout(LOOK_MS)
      }
    },
    async ask({ sql, secondsMax }, signal) {
      const bound = secondsMax === undefined ? '' : `?max_execution_time=${secondsMax}`
      try {
        const answer = await fetch(`http://127.0.0.1:${store}/${bound}`, {
          method: 'POST',
          body: sql,
          signal,
        })
        await answer.arrayBuffer()
        const code = answer.headers.get('x-clickhouse-exception-code')
        return code === null ? String(answer.status) : `${answer.status} (${code})`
      } catch (error) {
        await setTimeout(LOOK_MS)
        return error instanceof TypeError && isRefused(error) ? 'away' : 'cut off'
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function isRefused({ cause }: Error): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
