import { randomUUID } from 'node:crypto'
import { createKafkaClient } from '@forbruk/infra/log/kafka/client.ts'

/** For what the event log itself never does to a topic. */
export async function withAdmin<Answer>(
  brokers: readonly string[],
  step: (admin: ReturnType<ReturnType<typeof createKafkaClient>['admin']>) => Promise<Answer>,
): Promise<Answer> {
  const admin = createKafkaClient({ brokers, clientId: 'forbruk-test' }).admin()
  await admin.connect()
  try {
    return await step(admin)
  } finally {
    await admin.disconnect()
  }
}

/** A name that no other test and no earlier run has used. */
export function uniqueTopic(purpose: string): string {
  return `test.${purpose}.${randomUUID().slice(0, 8)}`
}
