import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { REGISTRY_FILES, type RegistryFiles } from '@forbruk/schemas/registry/read-registry.ts'
import { REGISTRY_BYTES_MAX } from '@forbruk/schemas/registry/registry-upload.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'

/** A registry folder's files by name, those that are there. Throws RegistryFaultsError when it is no such folder. */
export async function readRegistryFolder(directory: string): Promise<RegistryFiles> {
  const fault = (file: string, detail: string) =>
    new RegistryFaultsError(directory, [{ file, line: null, column: null, detail }])
  const folder = await stat(directory).catch(() => null)
  if (folder?.isDirectory() !== true) {
    throw fault(directory, `no folder; expected one with ${REGISTRY_FILES.join(', ')}`)
  }
  const files = new Map<string, AsyncIterable<Uint8Array>>()
  let bytes = 0
  for (const name of REGISTRY_FILES) {
    const path = join(directory, name)
    const file = await stat(path).catch(() => null)
    if (file === null) continue
    if (!file.isFile()) throw fault(name, 'no file; expected CSV')
    bytes += file.size
    if (bytes > REGISTRY_BYTES_MAX) {
      throw fault(
        name,
        `${bytes} bytes with the files before it; expected at most ${REGISTRY_BYTES_MAX} in all`,
      )
    }
    // To the size that was looked at: a file may grow, and a stream has no end of its own.
    files.set(name, file.size === 0 ? empty() : createReadStream(path, { end: file.size - 1 }))
  }
  return files
}

async function* empty(): AsyncGenerator<Uint8Array> {}
