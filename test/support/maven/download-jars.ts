import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const DOWNLOAD_TIMEOUT_MS = 300_000

/** What a pom.xml depends on, into a folder. Takes Java and Maven. */
export async function downloadJars(pom: string, folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`, '-DincludeScope=runtime']
  await promisify(execFile)('mvn', ['-q', '-B', '-f', pom, ...goal], { timeout: DOWNLOAD_TIMEOUT_MS })
}
