// Starts one NGINX with an accelerated clock, tells the time in its log, and stops it.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A caller above this, for long, gets 429. Long enough a burst lets nightly jobs through. */
const limitPerMinute = 12

interface GatewaySettings {
  prefix: string
  port: number
  content: string
  backendSocket: string
  template: string
  keyByPair: Map<string, string>
  /** Virtual milliseconds per real millisecond. */
  speed: number
  startMs: number
}

export interface Gateway {
  port: number
  logPath: string
  /** The time in the log, estimated from the last measurement. */
  nowMs(): number
  measureClock(): Promise<void>
  stop(): Promise<void>
}

function writeConfiguration(settings: GatewaySettings): string {
  const { prefix, keyByPair } = settings
  mkdirSync(prefix)
  const entries = [...keyByPair].map(([pair, key]) => ({ key, names: pair.split(' ') }))
  const writeMap = (file: string, part: 0 | 1): void =>
    writeFileSync(join(prefix, file), entries.map(e => `"${e.key}" "${e.names[part]}";\n`).join(''))
  writeMap('client.map', 0)
  writeMap('integration.map', 1)
  const values: Record<string, string | number> = {
    prefix,
    port: settings.port,
    content: settings.content,
    backendSocket: settings.backendSocket,
    limitPerMinute,
    limitPerSecond: Math.round((limitPerMinute * settings.speed) / 60),
    // The folder belongs to whoever records; only root's workers would change user.
    userDirective: process.getuid?.() === 0 ? 'user root;' : '',
  }
  const text = settings.template.replace(/\{\{([a-zA-Z]+)\}\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  )
  const path = join(prefix, 'nginx.conf')
  writeFileSync(path, text)
  return path
}

function askClock(socketPath: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path: '/', agent }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(Number(text) * 1000))
    }).on('error', reject)
  })
}

export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const { prefix, speed } = settings
  const configurationPath = writeConfiguration(settings)
  const start = new Date(settings.startMs).toISOString().slice(0, 19).replace('T', ' ')
  const errorPath = join(prefix, 'error.log')
  const errors = openSync(errorPath, 'a')
  // Only the wall clock is accelerated. Timers keep the real one, or every timeout would expire.
  const child = spawn(
    'faketime',
    [
      '--exclude-monotonic',
      '-f',
      `@${start} x${speed}`,
      'nginx',
      '-p',
      prefix,
      '-e',
      errorPath,
      '-c',
      configurationPath,
    ],
    {
      stdio: ['ignore', 'ignore', errors],
      env: {
        ...process.env,
        TZ: 'UTC',
        DONT_FAKE_MONOTONIC: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
  )
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const socketPath = join(prefix, 'clock.sock')
  const agent = new Agent({ keepAlive: true })
  let anchor = { realMs: 0, virtualMs: 0 }

  async function measureClock(): Promise<void> {
    let shortestMs = Infinity
    for (let round = 0; round < 5; round += 1) {
      const sentMs = performance.now()
      const virtualMs = await askClock(socketPath, agent)
      const tookMs = performance.now() - sentMs
      // The quickest answer tells the time best.
      if (tookMs < shortestMs) anchor = { realMs: sentMs + tookMs / 2, virtualMs }
      shortestMs = Math.min(shortestMs, tookMs)
    }
  }

  async function stop(): Promise<void> {
    agent.destroy()
    if (child.exitCode === null) stopByPid(prefix, child)
    await ended
  }

  try {
    await waitUntilAnswering(measureClock, child, errorPath)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port: settings.port,
    logPath: join(prefix, 'access.log'),
    nowMs: () => anchor.virtualMs + (performance.now() - anchor.realMs) * speed,
    measureClock,
    stop,
  }
}

async function waitUntilAnswering(
  measureClock: () => Promise<void>,
  child: ChildProcess,
  errorPath: string,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await measureClock()
    } catch (error) {
      if (child.exitCode !== null || attempt > 200) {
        throw new Error(`NGINX does not answer: ${readFileSync(errorPath, 'utf8')}`, {
          cause: error,
        })
      }
      await sleep(10)
    }
  }
}

/** The child is faketime's wrapper, which may outlive a signal; NGINX itself is in the pid file. */
function stopByPid(prefix: string, child: ChildProcess): void {
  try {
    process.kill(Number(readFileSync(join(prefix, 'nginx.pid'), 'utf8')), 'SIGTERM')
  } catch {
    child.kill('SIGTERM')
  }
}
