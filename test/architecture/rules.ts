import { findCoercedValues } from './find-coerced-values.ts'
import { findDeadExports } from './find-dead-exports.ts'
import { findForbiddenImports } from './find-forbidden-imports.ts'
import { findForeignTables } from './find-foreign-tables.ts'
import { findImpureCounting } from './find-impure-counting.ts'
import { findLongLines } from './find-long-lines.ts'
import { findMisnamedTests } from './find-misnamed-tests.ts'
import { findSlowPatterns } from './find-slow-patterns.ts'
import { findStrayHelpers } from './find-stray-helpers.ts'

/** What the whole of the project is held to, beside biome.json's rules. */
export const RULES = {
  'lines fit the page': findLongLines,
  'imports go one way': findForbiddenImports,
  'counting is pure': findImpureCounting,
  'every export has a user': findDeadExports,
  'helpers of tests live in test/support': findStrayHelpers,
  'a test is named by what it takes': findMisnamedTests,
  'a table is named in the SQL of its owner alone': findForeignTables,
  'no stored value is coerced': findCoercedValues,
  'every regular expression is linear': findSlowPatterns,
}
