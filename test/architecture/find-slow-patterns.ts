import { checkSync } from 'recheck'
import type { Fault } from './fault.ts'
import { readPatterns } from './read-patterns.ts'
import { isTest, type SourceFile } from './source-files.ts'

/**
 * The check is bounded by what it reads and by the size of the automaton, not by time: on a machine that does something
 * else it takes longer, and says the same.
 */
const BY_STEPS = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null }

/**
 * Regular expressions of the product that some text makes take more than time linear in its length: any text may be
 * somebody's who means harm, and a rule for some of them would be forgotten with the next. By the automaton that a
 * pattern is, also where a search begins anew at each character; not by a clock.
 */
export function findSlowPatterns(files: readonly SourceFile[]): Fault[] {
  const ours = files.filter(
    ({ path }) =>
      /^(schemas|infra|services)\//.test(path) && !isTest(path) && !path.includes('/scan/assembly/'),
  )
  const known = new Map<string, string | null>()
  return ours.flatMap(file =>
    readPatterns(file).flatMap(({ line, source, flags }): Fault[] => {
      const name = `/${source}/${flags}`
      const fault = known.has(name) ? known.get(name) : judge(source, flags)
      known.set(name, fault ?? null)
      return fault ? [{ path: file.path, line, message: fault }] : []
    }),
  )
}

function judge(source: string | null, flags: string): string | null {
  if (source === null) {
    return 'a regular expression whose text only the running program knows; make it of constant texts of its file.'
  }
  const verdict = checkSync(source, flags, BY_STEPS)
  switch (verdict.status) {
    case 'safe':
      return null
    case 'vulnerable':
      return (
        `/${source}/ takes ${verdict.complexity.type} time, such as for ${verdict.attack.pattern}. ` +
        'Anchor it, let what lacks its end match as well, or walk the text in a loop.'
      )
    case 'unknown':
      return `/${source}/ can't be judged (${verdict.error.kind}). Make it simpler.`
  }
}
