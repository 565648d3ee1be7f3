import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'
import { tellNotRun } from '../process/tell-not-run.ts'

/** What a client said: lines of values between tabs. */
export type Said = readonly (readonly string[])[]

const cache = join(import.meta.dirname, '../../../.cache/analysts')
const libs = join(cache, 'libs')
const python = join(cache, 'venv/bin/python')
const CLICKHOUSE_CONNECT = 'clickhouse-connect==1.12.0'
const READ_TIMEOUT_MS = 240_000
const INSTALL_TIMEOUT_MS = 240_000
const run = promisify(execFile)

/** Why the driver that DBeaver and Metabase use can't be run here, or null. */
export async function findJdbcObstacle(): Promise<string | null> {
  const missing = await findJavaAndMaven()
  const obstacle =
    missing ??
    (existsSync(join(libs, 'clickhouse-jdbc-0.10.0.jar'))
      ? null
      : await obstacleOf(() => downloadJars(join(import.meta.dirname, 'pom.xml'), libs)))
  return tellNotRun('SQL by JDBC', obstacle)
}

/** Why clickhouse-connect can't be run here, or null. */
export async function findPythonObstacle(): Promise<string | null> {
  const obstacle = await obstacleOf(async () => {
    const options = { timeout: INSTALL_TIMEOUT_MS }
    if (!existsSync(python)) await run('python3', ['-m', 'venv', join(cache, 'venv')], options)
    const isThere = () => run(python, ['-c', 'import clickhouse_connect'], options)
    await isThere().catch(() => run(python, ['-m', 'pip', 'install', '-q', CLICKHOUSE_CONNECT], options))
  })
  return tellNotRun('SQL by clickhouse-connect', obstacle)
}

async function obstacleOf(step: () => Promise<unknown>): Promise<string | null> {
  try {
    await step()
    return null
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return `it can't be had: ${line}`
  }
}

export async function readByJdbc(host: string, port: number): Promise<Said> {
  const main = join(import.meta.dirname, 'ReadViews.java')
  const url = `jdbc:clickhouse:http://${host}:${port}/forbruk`
  const { stdout } = await run('java', ['-cp', join(libs, '*'), main, url], { timeout: READ_TIMEOUT_MS })
  return toLines(stdout)
}

export async function readByPython(host: string, port: number): Promise<Said> {
  const main = join(import.meta.dirname, 'read_views.py')
  const { stdout } = await run(python, [main, host, String(port)], { timeout: READ_TIMEOUT_MS })
  return toLines(stdout)
}

function toLines(stdout: string): Said {
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
}
