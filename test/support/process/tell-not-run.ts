/**
 * Names what isn't run here, and why. With `variable` set to 1, it is an error: REQUIRE_KAFKA=1 asks for all that tests
 * take of a machine but for other people's shippers, which REQUIRE_SHIPPERS=1 asks for. Returns the obstacle; null,
 * and nothing is said, when there is none.
 */
export function tellNotRun(
  what: string,
  obstacle: string | null,
  variable: 'REQUIRE_KAFKA' | 'REQUIRE_SHIPPERS' = 'REQUIRE_KAFKA',
): string | null {
  if (obstacle === null) return null
  if (process.env[variable] === '1') throw new Error(`${variable}=1, but not run: ${what} (${obstacle})`)
  console.log(`${what}: NOT RUN (${obstacle})`)
  return obstacle
}
