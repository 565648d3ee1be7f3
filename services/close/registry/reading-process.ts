/**
 * The process in which a registry is read and checked: what strangers to the program have written, and much of it. Told
 * what to read by the process that started it (read-apart.ts), asked by it for one block after the other, and gone with
 * it.
 */
import { setPriority } from 'node:os'
import { hashRegistry } from '@forbruk/schemas/registry/hash-registry.ts'
import { readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import { encodeRegistry } from './encode-registry.ts'
import { readRegistryFolder } from './read-registry-folder.ts'
import { readUpload, UploadMalformedError } from './read-upload.ts'
import { NEXT, type Order, orderShape, type Report } from './reading-messages.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'

/** Counting comes first. */
const NICENESS = 5

async function* answer(order: Order): AsyncGenerator<Report> {
  const { files, validFrom } =
    order.kind === 'upload'
      ? await readUpload(process.stdin)
      : { files: await readRegistryFolder(order.directory), validFrom: null }
  const reading = await readRegistry(files)
  if (!reading.ok) return yield { kind: 'faulty', faults: reading.faults, faultCount: reading.faultCount }
  const { registry } = reading
  yield {
    kind: 'registry',
    importId: hashRegistry(registry),
    clients: registry.clients.length,
    partners: registry.partners.length,
    integrations: registry.integrations.length,
    activations: registry.activations.length,
    validFrom,
  }
  yield* encodeRegistry(registry)
  yield { kind: 'end' }
}

function refuse(error: unknown): Report {
  if (error instanceof RegistryFaultsError) {
    return { kind: 'faulty', faults: error.faults, faultCount: error.faultCount }
  }
  if (error instanceof UploadMalformedError) return { kind: 'malformed', detail: error.message }
  throw error
}

async function run(order: Order): Promise<void> {
  const reports = answer(order)
  const next = async () => {
    const report = await reports.next().catch(error => ({ done: false, value: refuse(error) }) as const)
    if (report.done !== true) process.send?.(report.value)
  }
  process.on('message', message => {
    if (message === NEXT) void next()
  })
  await next()
}

setPriority(NICENESS)
process.on('disconnect', () => process.exit())
process.once('message', message => run(orderShape.parse(message)))
