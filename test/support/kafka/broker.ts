import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'
import { KAFKA_VERSION } from './killable-kafka.ts'
import { startKafkaFromMaven } from './start-from-maven.ts'

export type KafkaBroker =
  | {
      readonly kind: 'kafka'
      readonly brokers: readonly string[]
      /** Where it comes from, for the line that a test run prints. */
      readonly how: string
      stop(): Promise<void>
    }
  | { readonly kind: 'none'; readonly reason: string }

/** Confluent's image of Kafka 4.1, which testcontainers knows how to start. */
const DOCKER_IMAGE = 'confluentinc/cp-kafka:8.1.0'
const CONTAINER_PORT = 9093
const DOCKER_TIMEOUT_MS = 3_000
const run = promisify(execFile)

/**
 * A real Kafka: the one at KAFKA_BROKERS, or one of our own from Docker, or from its jars with Java and Maven.
 * With REQUIRE_KAFKA=1 there being none is an error.
 */
export async function startKafkaBroker(environment: NodeJS.ProcessEnv): Promise<KafkaBroker> {
  const broker = await findBroker(environment)
  if (broker.kind === 'none' && environment.REQUIRE_KAFKA === '1') {
    throw new Error(`REQUIRE_KAFKA=1, but there is no Kafka to test with: ${broker.reason}.`)
  }
  return broker
}

async function findBroker(environment: NodeJS.ProcessEnv): Promise<KafkaBroker> {
  if (environment.KAFKA_BROKERS) {
    const brokers = environment.KAFKA_BROKERS.split(',').map(broker => broker.trim())
    return { kind: 'kafka', brokers, how: 'at KAFKA_BROKERS', stop: async () => {} }
  }
  const reasons: string[] = []
  for (const start of [startFromDocker, startFromMaven]) {
    const broker = await start()
    if (broker.kind === 'kafka') return broker
    reasons.push(broker.reason)
  }
  return { kind: 'none', reason: ['KAFKA_BROKERS is not set', ...reasons].join('; ') }
}

async function startFromDocker(): Promise<KafkaBroker> {
  try {
    await run('docker', ['info'], { timeout: DOCKER_TIMEOUT_MS })
  } catch {
    return { kind: 'none', reason: 'Docker does not answer' }
  }
  try {
    const { KafkaContainer } = await import('@testcontainers/kafka')
    const container = await new KafkaContainer(DOCKER_IMAGE)
      .withKraft()
      .withEnvironment({
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      })
      .withStartupTimeout(120_000)
      .start()
    return {
      kind: 'kafka',
      brokers: [`${container.getHost()}:${container.getMappedPort(CONTAINER_PORT)}`],
      how: `from Docker (${DOCKER_IMAGE})`,
      stop: async () => void (await container.stop()),
    }
  } catch (error) {
    return { kind: 'none', reason: `Kafka did not start in Docker: ${messageOf(error)}` }
  }
}

async function startFromMaven(): Promise<KafkaBroker> {
  const missing = await findJavaAndMaven()
  if (missing) return { kind: 'none', reason: missing }
  try {
    const { brokers, stop } = await startKafkaFromMaven()
    return { kind: 'kafka', brokers, how: `from Maven jars (${KAFKA_VERSION})`, stop }
  } catch (error) {
    return { kind: 'none', reason: `Kafka did not start from its jars: ${messageOf(error)}` }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
