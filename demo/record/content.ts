// Writes the documents that the gateways serve: one file for each identifier.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { itemCounts } from './operations.ts'
import { type Random, seededRandom } from './random.ts'

/** Smallest and largest document in bytes; those not named here are small records. */
const sizeBytes: Readonly<Record<string, [number, number]>> = {
  '/v1/attachments': [120_000, 720_000],
  '/v1/reports': [20_000, 180_000],
  '/v1/invoices': [900, 5200],
  '/v1/vouchers': [700, 3400],
  '/v1/orders': [800, 3600],
}
const smallRecordBytes: [number, number] = [320, 1500]

const firstId = 1001

export function writeContent(folder: string, seed: number): void {
  for (const [path, count] of Object.entries(itemCounts)) {
    const random = seededRandom(seed, `content ${path}`)
    const [low, high] = sizeBytes[path] ?? smallRecordBytes
    mkdirSync(join(folder, path), { recursive: true })
    for (let id = firstId; id < firstId + count; id += 1) {
      writeFileSync(join(folder, path, String(id)), record(id, random.whole(low, high), random))
    }
  }
}

function record(id: number, bytes: number, random: Random): string {
  const start = `{"id":${id},"text":"`
  let text = ''
  const textLength = bytes - start.length - 2
  while (text.length < textLength) text += random.next().toString(36).slice(2)
  return `${start}${text.slice(0, textLength)}"}`
}
