import type { Fault } from './fault.ts'
import { isTest, type SourceFile } from './source-files.ts'

const FOR_OTHERS = /^schemas\/wire\/[^/]+-codec\.ts$/

/**
 * Exports that no other file imports. For what `schemas`, `infra` and `services` export, a test is no such file: it
 * tests what others use. For a type it is one, since it has values of that type to spell. A default export is there for
 * a tool, which finds it by the file's name; what a codec of the wire exports is there for whoever reads the topic.
 */
export function findDeadExports(files: readonly SourceFile[]): Fault[] {
  const users = new Map<string, string[]>()
  for (const { path, imports } of files) {
    for (const { target, name } of imports) addTo(users, name === null ? target : `${target} ${name}`, path)
  }
  const judged = files.filter(({ path }) => !FOR_OTHERS.test(path))
  return judged.flatMap(({ path, exports }) =>
    exports.flatMap(({ name, isType, line }) => {
      const importers = [...(users.get(path) ?? []), ...(users.get(`${path} ${name}`) ?? [])]
      const hasUser = importers.some(importer => isType || isTest(path) || !isTest(importer))
      return hasUser || name === 'default' ? [] : [{ path, line, message: describe(name, importers) }]
    }),
  )
}

function describe(name: string, tests: readonly string[]): string {
  const [test] = tests
  return test === undefined
    ? `${name} is exported and imported nowhere. Take the export away, or the whole of it.`
    : `${name} is exported for tests alone (${test}). Test it through what others use, or give it a file of its own.`
}

function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
