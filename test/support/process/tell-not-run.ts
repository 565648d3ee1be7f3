/**
 * Names what isn't run here, and why. With REQUIRE_KAFKA=1, which asks for all that tests take of a machine, or another
 * variable where one is named, such as REQUIRE_SHIPPERS, it is an error. Returns the obstacle; null, and nothing is
 * said, when there is none.
 */
export function tellNotRun(what: string, obstacle: string | null, variable = 'REQUIRE_KAFKA'): string | null {
  if (obstacle === null) return null
  if (process.env[variable] === '1') throw new Error(`${variable}=1, but not run: ${what} (${obstacle})`)
  console.log(`${what}: NOT RUN (${obstacle})`)
  return obstacle
}
