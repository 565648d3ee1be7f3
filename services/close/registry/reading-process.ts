/**
 * The process in which a registry is read and checked: what strangers to the program have written, and much of it. Told
 * what to read by the process that started it (read-apart.ts), asked by it for one block after the other, and gone with
 * it.
 */
import { setPriority } from 'node:os'
import { hashRegistry } from '@forbruk/schemas/registry/hash-registry.ts'
import { type RegistryFiles, readRegistry } from '@forbruk/schemas/registry/read-registry.ts'
import { encodeRegistry } from './encode-registry.ts'
import { UploadMalformedError } from './read-members.ts'
import { readRegistryFolder } from './read-registry-folder.ts'
import { RegistryUpload } from './read-upload.ts'
import { NEXT, type Order, orderShape, type Report } from './reading-messages.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'

/** Counting comes first. */
const NICENESS = 5

async function* answer(order: Order): AsyncGenerator<Report> {
  const { files, validFrom } = await openOrdered(order)
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
    validFrom: validFrom(),
  }
  yield* encodeRegistry(registry)
  yield { kind: 'end' }
}

async function openOrdered(
  order: Order,
): Promise<{ readonly files: RegistryFiles; readonly validFrom: () => string | null }> {
  if (order.kind === 'folder') {
    return { files: await readRegistryFolder(order.directory), validFrom: () => null }
  }
  const upload = new RegistryUpload(process.stdin)
  return { files: upload, validFrom: () => upload.validFrom }
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
  const read = () => reports.next().catch(error => ({ done: false, value: refuse(error) }) as const)
  let upcoming = read()
  const next = async () => {
    const report = await upcoming
    const sent = Promise.withResolvers<void>()
    // The one after it is made while this one is stored, and no sooner than this one is on its way.
    upcoming = sent.promise.then(read)
    if (report.done !== true) process.send?.(report.value, undefined, undefined, () => sent.resolve())
  }
  process.on('message', message => {
    if (message === NEXT) void next()
  })
  await next()
}

setPriority(NICENESS)
process.on('disconnect', () => process.exit())
process.once('message', message => run(orderShape.parse(message)))
