import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKillableKafka } from './killable-kafka.ts'

/** One broker in KRaft mode on free ports of 127.0.0.1, with its data in a folder that goes with it. */
export async function startKafkaFromMaven(): Promise<{ brokers: readonly string[]; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-kafka-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const kafka = await startKillableKafka(folder)
    return {
      brokers: kafka.brokers,
      async stop() {
        await kafka.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
