import { expect, test } from 'vitest'
import { LogUnavailableError } from '../event-log.ts'
import { explainKafkaError } from './explain-error.ts'

const AS_NULL = "Cannot destructure property 'topicMetadata' of '(intermediate value)' as it is null."

function typeErrorIn(file: string): TypeError {
  const error = new TypeError(AS_NULL)
  error.stack = `TypeError: ${AS_NULL}\n    at ${file}:103:13`
  return error
}

test('what kafkajs makes of an answer that it got from nobody says so, and may pass', () => {
  const error = typeErrorIn('/app/node_modules/kafkajs/src/admin/index.js')
  const explained = explainKafkaError('Could not open "requests" on Kafka', ['one:9092', 'two:9092'], error)
  expect(explained).toBeInstanceOf(LogUnavailableError)
  expect(explained.message).toBe(
    'Could not open "requests" on Kafka: no broker could be connected to. Brokers: one:9092, two:9092. ' +
      'Check that they are right (KAFKA_BROKERS), up, and reachable from here.',
  )
})

test('a mistake elsewhere is none that waiting mends', () => {
  const explained = explainKafkaError(
    'Could not open it',
    ['one:9092'],
    typeErrorIn('/app/infra/log/kafka/topic.ts'),
  )
  expect(explained).not.toBeInstanceOf(LogUnavailableError)
  expect(explained.message).toContain(AS_NULL)
})
