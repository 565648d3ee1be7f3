import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

const SHUTDOWN = new URL('./shutdown.ts', import.meta.url).href

/** A process of its own, since the signals are a process's. `keepAlive` is what an orderly stop would end. */
function start(onAbort: string, orderlyStopMs = 25_000): ChildProcess {
  const script = `
    import { signalOfShutdown } from '${SHUTDOWN}'
    const keepAlive = setInterval(() => {}, 1000)
    const signal = signalOfShutdown(${orderlyStopMs})
    signal.addEventListener('abort', () => { console.log(signal.reason.message); ${onAbort} })
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function line(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout ?? child, 'data')
  return String(chunk).trim()
}

describe('signalOfShutdown', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('lets the process stop in order after %s', async signal => {
    const child = start('clearInterval(keepAlive)')
    expect(await line(child)).toBe('ready')
    child.kill(signal)
    expect(await line(child)).toBe(`stopped by ${signal}`)
    expect((await once(child, 'exit'))[0]).toBe(0)
  })

  it('ends the process at the second signal', async () => {
    const child = start('')
    await line(child)
    child.kill('SIGINT')
    await line(child)
    child.kill('SIGINT')
    expect((await once(child, 'exit'))[0]).toBe(130)
  })

  it('ends a process that doesn’t stop', async () => {
    const child = start('', 50)
    await line(child)
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(130)
  })
})
