import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadJars } from '../maven/download-jars.ts'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'

/** Of one set of rules: the schema of UBL, EN 16931 or Peppol BIS Billing. */
type RuleFindings = {
  readonly rules: string
  readonly outcome: string
  /** `error BR-CO-15: …`, also warnings. */
  readonly findings: readonly string[]
}

const libs = join(import.meta.dirname, '../../../.cache/ehf/libs')
const VALIDATE_TIMEOUT_MS = 120_000
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024
const run = promisify(execFile)

/**
 * Why the official rules can't be run here, or null when they can. With REQUIRE_KAFKA=1, which asks for all that tests
 * take of a machine, it is an error that they can't.
 */
export async function findEhfObstacle(environment: NodeJS.ProcessEnv): Promise<string | null> {
  const obstacle = (await findJavaAndMaven()) ?? (await prepare())
  if (obstacle !== null && environment.REQUIRE_KAFKA === '1') {
    throw new Error(`REQUIRE_KAFKA=1, but invoices can't be held against the official rules: ${obstacle}.`)
  }
  return obstacle
}

async function prepare(): Promise<string | null> {
  if (existsSync(join(libs, 'phive-rules-peppol-4.3.7.jar'))) return null
  try {
    await downloadJars(join(import.meta.dirname, 'pom.xml'), libs)
    return null
  } catch (error) {
    return `their jars can't be had: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What the official rules say of each file, in one run of the JVM. */
export async function validateEhf(paths: readonly string[]): Promise<Map<string, RuleFindings[]>> {
  const main = join(import.meta.dirname, 'Validate.java')
  const { stdout } = await run('java', ['-cp', join(libs, '*'), main, ...paths], {
    timeout: VALIDATE_TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  const byFile = Map.groupBy(rows, ([path = '']) => path)
  return new Map([...byFile].map(([path, ofFile]) => [path, groupByRules(ofFile)]))
}

function groupByRules(rows: readonly string[][]): RuleFindings[] {
  const byRules = Map.groupBy(rows, ([, rules = '']) => rules)
  return [...byRules].map(([rules, [first, ...findings]]) => ({
    rules,
    outcome: first?.[2] ?? '',
    findings: findings.map(([, , level, id, text]) => `${level} ${id}: ${text}`),
  }))
}
