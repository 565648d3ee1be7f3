import type { Fault } from './fault.ts'
import { isTest, type SourceFile } from './source-files.ts'

/** Files beside the source that only tests import: what tests share has one home, test/support. */
export function findStrayHelpers(files: readonly SourceFile[]): Fault[] {
  return files
    .filter(({ path }) => /^(schemas|infra|services)\//.test(path) && !isTest(path))
    .flatMap(({ path }) => {
      const importers = files.filter(({ imports }) => imports.some(({ target }) => target === path))
      if (importers.length === 0 || importers.some(importer => !isTest(importer.path))) return []
      const message = `imported by tests alone (${importers[0]?.path}). Expected in test/support: move it there.`
      return [{ path, line: 1, message }]
    })
}
