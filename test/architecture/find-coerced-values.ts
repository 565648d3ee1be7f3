import type { Fault } from './fault.ts'
import { isTest, type SourceFile } from './source-files.ts'

const MESSAGE =
  'z.coerce reads null and an empty text as 0, which for a stored value would be usage of none. ' +
  'Use the codec of infra/store/tables/codec.ts that the column is declared with; of text that a caller gives, ' +
  'wholeNumberShape of schemas/text/whole-number.ts, since 0x10 is no 16.'

/** Values that are made numbers whatever they are. */
export function findCoercedValues(files: readonly SourceFile[]): Fault[] {
  return files
    .filter(({ path }) => /^(infra|services)\//.test(path) && !isTest(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          /\bz\.coerce\b/.test(line) ? [{ path, line: index + 1, message: MESSAGE }] : [],
        ),
    )
}
