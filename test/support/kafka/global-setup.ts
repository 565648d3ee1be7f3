import type { TestProject } from 'vitest/node'
import { startKafkaBroker } from './broker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Kafka's brokers, or null when there is none to test with. */
    kafkaBrokers: readonly string[] | null
  }
}

/** Once for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startKafkaBroker(process.env)
  switch (broker.kind) {
    case 'kafka':
      console.log(`Kafka: real, ${broker.how} on ${broker.brokers.join(', ')}`)
      project.provide('kafkaBrokers', broker.brokers)
      return broker.stop
    case 'none':
      console.log(`Kafka: NOT RUN (${broker.reason}) - tests use the embedded log only`)
      project.provide('kafkaBrokers', null)
      return async () => {}
  }
}
