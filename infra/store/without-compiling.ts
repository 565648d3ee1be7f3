/**
 * Settings of an engine in a process of ours, so that it interprets its expressions. Left to itself it compiles each
 * one when it comes a fourth time: the fourth look at a page took twice as long as any other, and none after it was
 * faster, also of sums over millions of rows.
 */
export const WITHOUT_COMPILING = {
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  compile_regular_expressions: 0,
} as const
