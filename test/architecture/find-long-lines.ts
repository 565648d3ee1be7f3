import type { Fault } from './fault.ts'
import type { SourceFile } from './source-files.ts'

const COLUMNS_MAX = 120

/** Code, comments, SQL and style sheets alike. */
export function findLongLines(files: readonly SourceFile[]): Fault[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      if (line.length <= COLUMNS_MAX) return []
      const message = `${line.length} columns, expected at most ${COLUMNS_MAX}. Break the line; join long text with +.`
      return [{ path, line: index + 1, message }]
    }),
  )
}
