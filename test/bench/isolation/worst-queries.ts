/** Each is some seconds of work in which nothing stops the engine. */
const DISTANCES = [1, 2, 3, 4, 5, 6].map(
  text => `editDistance(repeat('a${text}', 30000), repeat('${text}a', 30000))`,
)

export type WorstQuery = {
  readonly what: string
  readonly sql: string
  /** What its caller allows it; else what the endpoint does. */
  readonly secondsMax?: number
}

/** What an analyst or a stranger on the machine may send to the read-only endpoint, by what it costs. */
export const WORST_QUERIES: readonly WorstQuery[] = [
  {
    what: 'texts that are compared, in which the engine looks at no limit',
    sql: `SELECT ${DISTANCES.join(' + ')}, number FROM numbers(1000)`,
    secondsMax: 1,
  },
  {
    what: 'a nested quantifier over a long text',
    sql: "SELECT count() FROM numbers(100000) WHERE match(repeat('a', 50000) || toString(number), '(a*)*(a|b)*c$')",
  },
  {
    what: 'more memory than there is',
    sql: 'SELECT length(groupArray(toString(number))) FROM numbers(1000000000)',
  },
  {
    what: 'all processors',
    sql: 'SELECT max(sipHash64(number)) FROM numbers(1000000000000) SETTINGS max_threads = 2',
  },
  {
    what: 'every row with every other',
    sql: 'SELECT count() FROM usage_hourly AS a, usage_hourly AS b, usage_hourly AS c WHERE a.bytes < b.bytes',
  },
  { what: 'a large answer', sql: "SELECT repeat('x', 1000) FROM numbers(200000)" },
]
