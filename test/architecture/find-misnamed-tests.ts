import type { Fault } from './fault.ts'
import type { SourceFile } from './source-files.ts'

/** Where our code leaves the process that it runs in. */
const REAL: readonly (readonly [target: RegExp, what: string])[] = [
  [/^node:(child_process|cluster|worker_threads)$/, 'a process'],
  [/^infra\/store\/open-store\.ts$|^chdb($|\/)/, 'a store'],
  [/^infra\/log\/kafka\/client\.ts$|^@?testcontainers($|\/)/, 'a Kafka'],
]

/** Those that leave nothing, and take minutes. */
const SLOW = new Set(['test/simulation/simulation.real.test.ts'])

/**
 * A unit test, `x.test.ts`, starts no process and opens no store and no Kafka, whatever it imports by whatever way; a
 * test that does is `x.real.test.ts`, and one of that name does.
 */
export function findMisnamedTests(files: readonly SourceFile[]): Fault[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  return files.flatMap(({ path }) => {
    if (!path.endsWith('.test.ts')) return []
    const way = findWayOut(path, byPath)
    const isReal = path.endsWith('.real.test.ts')
    if (isReal === (way !== null) || SLOW.has(path)) return []
    return [{ path, line: way?.line ?? 1, message: way === null ? IDLE : describeWay(path, way) }]
  })
}

const IDLE =
  'opens no store and no Kafka and starts no process. Expected to be a unit test: name it x.test.ts, without real.'

type Way = { readonly line: number; readonly steps: readonly string[]; readonly what: string }

function describeWay(path: string, { steps, what }: Way): string {
  const realName = path.replace(/\.test\.ts$/, '.real.test.ts')
  return (
    `can reach ${what} (${steps.join(' → ')}), which a unit test is expected not to. ` +
    `Test the part that doesn't, or name the file ${realName}.`
  )
}

/** The shortest of them. */
function findWayOut(path: string, files: ReadonlyMap<string, SourceFile>): Way | null {
  const ways = new Map<string, Omit<Way, 'what'>>([[path, { line: 1, steps: [] }]])
  for (const [at, { line, steps }] of ways) {
    for (const each of files.get(at)?.imports ?? []) {
      if (each.isType || ways.has(each.target)) continue
      const way = { line: at === path ? each.line : line, steps: [...steps, each.target] }
      const real = REAL.find(([target]) => target.test(each.target))
      if (real !== undefined) return { ...way, what: real[1] }
      ways.set(each.target, way)
    }
  }
  return null
}
