import { posix } from 'node:path'
import type { Fault } from './fault.ts'
import type { Import, SourceFile } from './source-files.ts'

/** Who may speak to the world outside by which library. */
const OWNERS: readonly (readonly [library: RegExp, folder: string])[] = [
  [/^kafkajs($|\/)/, 'infra/log/'],
  [/^(chdb|@clickhouse\/client)($|\/)/, 'infra/store/'],
]

/**
 * What goes against the project's one direction: wire to ledger to statement, each service on its own over `schemas`
 * and `infra`. The cli may start every service. Tests may look anywhere.
 */
export function findForbiddenImports(files: readonly SourceFile[]): Fault[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  return files
    .filter(({ path }) => /^(schemas|infra|services)\//.test(path) && !path.endsWith('.test.ts'))
    .flatMap(({ path, imports }) =>
      imports.flatMap(each => {
        const wrong =
          findWrongDirection(path, each) ?? findStranger(path, each) ?? findWayBack(path, each, byPath)
        return wrong === null ? [] : [{ path, line: each.line, message: `imports ${each.target}. ${wrong}` }]
      }),
    )
}

function findWrongDirection(path: string, { target }: Import): string | null {
  const [from, to] = [areaOf(path), areaOf(target)]
  if (to === null || from === to || to === 'schemas' || from === 'services/cli') return null
  if (to === 'infra' && from !== 'schemas') return null
  return (
    'Expected schemas to import nothing of ours, infra to import schemas, and a service those two and no other ' +
    'service: move what both need there, or let services/cli pass it in.'
  )
}

/** `schemas`, `infra`, a service such as `services/close`, or null for a library, a test or the demo. */
function areaOf(path: string): string | null {
  const [first, second] = path.split('/')
  if (first === 'schemas' || first === 'infra') return first
  if (first === 'services') return `services/${second}`
  return null
}

function findStranger(path: string, { target }: Import): string | null {
  const owned = OWNERS.find(([library, folder]) => library.test(target) && !path.startsWith(folder))
  return owned === undefined ? null : `Expected only ${owned[1]} to know it: ask for what is missing there.`
}

/**
 * An arrow from a step's folder up to what lies above it. In a service there is none: what is above calls the step and
 * passes in what it needs. In infra and schemas a folder, such as a backend's, may import what lies above it, such as
 * its port, as long as nothing of that imports the folder in turn.
 */
function findWayBack(
  path: string,
  { target }: Import,
  files: ReadonlyMap<string, SourceFile>,
): string | null {
  const folder = posix.dirname(path)
  const isAbove = files.has(target) && folder.startsWith(`${posix.dirname(target)}/`)
  if (!isAbove) return null
  if (path.startsWith('services/')) {
    return 'Expected a step to know nothing of the folder above it: move the file into a folder, or pass its value in.'
  }
  const back = findReached(target, files).find(reached => reached.startsWith(`${folder}/`))
  if (back === undefined) return null
  return `Expected it not to lead back into ${folder}, where it reaches ${back}: take apart what both need.`
}

function findReached(start: string, files: ReadonlyMap<string, SourceFile>): string[] {
  const reached = new Set([start])
  for (const path of reached) for (const { target } of files.get(path)?.imports ?? []) reached.add(target)
  return [...reached]
}
