/**
 * Names what isn't run here, and why. With REQUIRE_KAFKA=1, which asks for all that tests of Kafka take of a machine,
 * it is an error, and so it is for a browser with REQUIRE_BROWSER=1. Returns the obstacle; null, and nothing is said,
 * when there is none.
 */
export function tellNotRun(
  what: string,
  obstacle: string | null,
  required: 'REQUIRE_KAFKA' | 'REQUIRE_BROWSER' = 'REQUIRE_KAFKA',
): string | null {
  if (obstacle === null) return null
  if (process.env[required] === '1') throw new Error(`${required}=1, but not run: ${what} (${obstacle})`)
  console.log(`${what}: NOT RUN (${obstacle})`)
  return obstacle
}
