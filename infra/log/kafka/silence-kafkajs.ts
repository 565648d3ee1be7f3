/**
 * Two warnings of Node that kafkajs 2.2.4 causes, and that ask nothing of anybody. It sets timers that lie in the past,
 * which Node 24 runs at once, as intended. And while a broker doesn't answer, whatever closes a connection waits for
 * the same queue of requests to be empty: many listeners, which are gone once the connection is ended, as we end it.
 * Both are dropped where kafkajs caused them; every other warning goes its way.
 */
export function silenceKafkajs(): void {
  if (silenced) return
  silenced = true
  process.emitWarning = new Proxy(process.emitWarning, {
    apply(emitWarning, self, warning: unknown[]) {
      if (isHarmless(warning) && inKafkajs.test(new Error().stack ?? '')) return
      Reflect.apply(emitWarning, self, warning)
    },
  })
}

let silenced = false

const inKafkajs = /[/\\]node_modules[/\\]kafkajs[/\\]/

const HARMLESS: ReadonlySet<unknown> = new Set(['TimeoutNegativeWarning', 'MaxListenersExceededWarning'])

/** Node calls it as (text, name), (text, { type: name }) or (error). */
function isHarmless([warning, name]: readonly unknown[]): boolean {
  if (warning instanceof Error) return HARMLESS.has(warning.name)
  if (typeof name === 'string') return HARMLESS.has(name)
  return typeof name === 'object' && name !== null && 'type' in name && HARMLESS.has(name.type)
}
