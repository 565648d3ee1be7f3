import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const COMMAND_TIMEOUT_MS = 15_000
const JAVA_MAJOR_MIN = 17
const run = promisify(execFile)

/** What is missing, or null when both are there. */
export async function findJavaAndMaven(): Promise<string | null> {
  try {
    const { stderr } = await run('java', ['-version'], { timeout: COMMAND_TIMEOUT_MS })
    const major = Number(/version "(\d+)/.exec(stderr)?.[1])
    if (!(major >= JAVA_MAJOR_MIN)) return `java is version ${major}, expected ${JAVA_MAJOR_MIN} or later`
  } catch {
    return 'there is no java'
  }
  try {
    await run('mvn', ['-version'], { timeout: COMMAND_TIMEOUT_MS })
    return null
  } catch {
    return 'there is no mvn'
  }
}
