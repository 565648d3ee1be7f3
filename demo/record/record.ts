// Records the demo: starts two gateways and the API behind them, drives the plan, checks what
// was logged, and only then writes it out.  node demo/record/record.ts --out demo
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { recordingFromMs, recordingUntilMs } from './calendar.ts'
import { writeContent } from './content.ts'
import { type DriveResult, drive } from './drive.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { makePlan, type Plan } from './plan.ts'
import { readRegistry } from './registry.ts'
import { printReport } from './report.ts'
import { findProblems, tallyLogs } from './verify.ts'

const here = import.meta.dirname
const warmUpMs = 2000
const slackMs = 60_000

function checkTools(): void {
  const missing = ['nginx', 'faketime', 'curl'].filter(tool => {
    const { error } = spawnSync(tool, [tool === 'nginx' ? '-v' : '--version'], { stdio: 'ignore' })
    return error !== undefined
  })
  if (missing.length === 0) return
  console.error(`Not found: ${missing.join(', ')}. On Debian: apt-get install nginx-light faketime curl`)
  process.exit(1)
}

/** The operating system chooses a free port; NGINX takes it a moment later. */
function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function startBackend(socketPath: string): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(here, 'backend.ts'), socketPath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.once('error', reject)
    child.stdout.once('data', () => resolve(child))
  })
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return ended
}

/** The first signal ends the recording in good order. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Error(`interrupted by ${name}`)))
  }
  return controller.signal
}

async function record(
  plan: Plan,
  folder: string,
  speed: number,
  seed: number,
  pairs: string[],
): Promise<{
  result: DriveResult
  texts: string[]
}> {
  const keyByPair = new Map(pairs.map(pair => [pair, randomBytes(16).toString('hex')]))
  const content = join(folder, 'content')
  writeContent(content, seed)
  const backendSocket = join(folder, 'backend.sock')
  const template = readFileSync(join(here, 'nginx.conf.template'), 'utf8')
  let backend = await startBackend(backendSocket)
  const gateways: Gateway[] = []
  const stopAll = async (): Promise<void> => {
    await Promise.all([...gateways.map(gateway => gateway.stop()), endOf(backend)])
  }
  try {
    const start = async (name: string): Promise<Gateway> => {
      const gateway = await startGateway({
        prefix: join(folder, name),
        port: await findPort(),
        content,
        backendSocket,
        template,
        keyByPair,
        speed,
        startMs: recordingFromMs - warmUpMs * speed,
      })
      gateways.push(gateway)
      return gateway
    }
    const both: [Gateway, Gateway] = [await start('gateway-1'), await start('gateway-2')]
    const expectedMs = warmUpMs + (recordingUntilMs - recordingFromMs) / speed
    let unknownKeys = 0
    const result = await drive({
      plan,
      gateways: both,
      keyByPair,
      speed,
      signal: AbortSignal.any([interrupted(), AbortSignal.timeout(expectedMs + slackMs)]),
      // Every fourth has no key at all, the others one that nobody knows.
      makeUnknownKey: () => (unknownKeys++ % 4 === 0 ? '' : randomBytes(16).toString('hex')),
      restartBackend: async () => {
        await endOf(backend)
        backend = await startBackend(backendSocket)
      },
    })
    // NGINX writes a line just after the last byte of the answer; stopping waits for that.
    await Promise.all(gateways.splice(0).map(gateway => gateway.stop()))
    return { result, texts: both.map(gateway => readFileSync(gateway.logPath, 'utf8')) }
  } finally {
    await stopAll()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      speed: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '2026' },
      keep: { type: 'boolean', default: false },
    },
  })
  const { out } = values
  if (out === undefined) throw new Error('usage: record.ts --out <folder> [--speed n] [--seed n] [--keep]')
  checkTools()
  const [speed, seed] = [Number(values.speed), Number(values.seed)]
  const registry = readRegistry(join(here, '..', 'registry'))
  const plan = makePlan(registry, seed)
  const pairs = [...new Set(registry.activations.map(each => `${each.clientId} ${each.integrationId}`))]
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-record-'))
  try {
    const minutes = (recordingUntilMs - recordingFromMs) / speed / 60_000
    console.log(
      `Recording ${plan.requests.length} requests and ${plan.curlJobs.length} curl jobs, ` +
        `about ${minutes.toFixed(1)} minutes`,
    )
    const { result, texts } = await record(plan, folder, speed, seed, pairs)
    const compressed = texts.map(text => gzipSync(text, { level: 9 }))
    const compressedBytes = compressed.reduce((total, each) => total + each.length, 0)
    const tally = tallyLogs(texts, registry)
    const problems = findProblems(tally, registry, compressedBytes)
    tally.logs.forEach((log, index) => {
      const sent = result.sentByGateway[index === 0 ? 0 : 1]
      if (log.lines !== sent) problems.push(`gateway-${index + 1}: ${sent} sent, ${log.lines} logged`)
    })
    problems.push(...result.failures.slice(0, 10))
    printReport(
      tally,
      result,
      compressed.map(each => each.length),
    )
    if (problems.length > 0) {
      console.error(`Nothing written:\n- ${problems.join('\n- ')}`)
      process.exitCode = 1
      return
    }
    compressed.forEach((bytes, index) => {
      const path = join(out, `gateway-${index + 1}.access.log.gz`)
      writeFileSync(`${path}.part`, bytes)
      renameSync(`${path}.part`, path)
    })
  } finally {
    if (values.keep) console.log(`Kept ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

await main()
