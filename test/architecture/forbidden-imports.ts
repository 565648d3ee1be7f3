import { posix } from 'node:path'

const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g

/**
 * The imports of one file that go against the project's one direction: wire to ledger to statement, each service on
 * its own over `schemas` and `infra`. The cli may start every service.
 */
export function findForbiddenImports(path: string, text: string): string[] {
  const from = areaOf(path)
  const targets = [...text.matchAll(IMPORT)].map(match => match[1] ?? '')
  return targets
    .filter(target => !isAllowed(from, areaOf(resolve(path, target))))
    .map(target => `${path} imports ${target}`)
}

/** `schemas`, `infra`, a service such as `services/close`, or null for a library. */
function areaOf(path: string): string | null {
  const [first, second] = path.split('/')
  if (first === 'schemas' || first === 'infra') return first
  return first === 'services' && second !== undefined ? `services/${second}` : null
}

function resolve(path: string, target: string): string {
  if (target.startsWith('.')) return posix.join(posix.dirname(path), target)
  const own = /^@forbruk\/([^/]+)(\/.*)?$/.exec(target)
  if (own === null) return ''
  const name = own[1] ?? ''
  return name === 'schemas' || name === 'infra' ? `${name}${own[2] ?? ''}` : `services/${name}${own[2] ?? ''}`
}

function isAllowed(from: string | null, to: string | null): boolean {
  if (to === null || from === to || from === 'services/cli') return true
  if (to === 'schemas') return true
  return to === 'infra' && from !== 'schemas'
}
