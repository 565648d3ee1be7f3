/**
 * kafkajs 2.2.4 sets timers that lie in the past, which Node 24 runs at once, as intended, but warns about.
 * This drops that one warning when kafkajs caused it; every other warning goes its way.
 */
export function silenceKafkajs(): void {
  if (silenced) return
  silenced = true
  process.emitWarning = new Proxy(process.emitWarning, {
    apply(emitWarning, self, warning: unknown[]) {
      if (isNegativeTimeout(warning) && inKafkajs.test(new Error().stack ?? '')) return
      Reflect.apply(emitWarning, self, warning)
    },
  })
}

let silenced = false

const inKafkajs = /[/\\]node_modules[/\\]kafkajs[/\\]/

/** Node calls it as (text, name) or (text, { type: name }). */
function isNegativeTimeout([, name]: readonly unknown[]): boolean {
  if (typeof name === 'string') return name === 'TimeoutNegativeWarning'
  return typeof name === 'object' && name !== null && 'type' in name && name.type === 'TimeoutNegativeWarning'
}
