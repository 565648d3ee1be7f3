import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'
import { until } from '../wait/until.ts'

/** The newest that Java 17 runs. */
const VERSION = '3.0.9'
const CACHE = join(import.meta.dirname, '../../../.cache/apicurio')
const JAR = `apicurio-registry-app-${VERSION}-runner.jar`
const DOWNLOAD_TIMEOUT_MS = 600_000
const READY_TIMEOUT_MS = 240_000

export type Apicurio = {
  /** Where it speaks Confluent's API. */
  readonly url: string
  stop(): Promise<void>
}

/** Apicurio's registry, from Maven, with its schemas in memory. Takes Java 17 and Maven. */
export async function startApicurio(): Promise<Apicurio> {
  if (!existsSync(join(CACHE, JAR))) await download()
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-apicurio-'))
  const outputPath = join(folder, 'apicurio.out')
  const output = openSync(outputPath, 'a')
  const port = await freePort()
  const child = spawn('java', ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-jar', JAR], {
    cwd: CACHE,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, APICURIO_STORAGE_KIND: 'sql' },
      ...{ QUARKUS_HTTP_PORT: String(port), QUARKUS_HTTP_HOST: '127.0.0.1' },
    },
    stdio: ['ignore', output, output],
  })
  killAtExit(child)
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`Apicurio ended:\n${readFileSync(outputPath, 'utf8')}`)
    return fetch(`${url}/subjects`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  await until(isReady, () => readFileSync(outputPath, 'utf8'), READY_TIMEOUT_MS)
  return {
    url,
    async stop() {
      const ended = once(child, 'exit')
      if (child.kill('SIGKILL')) await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function download(): Promise<void> {
  const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`
  const goal = ['dependency:unpack', artifact, `-DoutputDirectory=${CACHE}`]
  // What is unpacked is noted where Maven runs.
  await mkdir(CACHE, { recursive: true })
  await promisify(execFile)('mvn', ['-q', '-B', ...goal], { timeout: DOWNLOAD_TIMEOUT_MS, cwd: CACHE })
}
