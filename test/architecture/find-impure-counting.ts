import type { Fault } from './fault.ts'
import type { Import, SourceFile } from './source-files.ts'

const COUNT = 'services/aggregator/count/'

/** What counting imports but must not: I/O, its neighbours, and of infra anything but types. */
export function findImpureCounting(files: readonly SourceFile[]): Fault[] {
  return files
    .filter(({ path }) => path.startsWith(COUNT) && !path.endsWith('.test.ts'))
    .flatMap(({ path, imports }) =>
      imports.filter(isImpure).map(({ target, line }) => ({
        path,
        line,
        message: `imports ${target}. Expected counting to be a function of the log: let its caller pass the value in.`,
      })),
    )
}

function isImpure({ target, isType }: Import): boolean {
  if (target.startsWith('node:')) return true
  if (target.startsWith('infra/')) return !isType
  return target.startsWith('services/') && !target.startsWith(COUNT)
}
