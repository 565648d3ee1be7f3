import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { REGISTRY_FILES } from '@forbruk/schemas/registry/read-registry.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'

const FILE_BYTES_MAX = 64 * 1024 * 1024

/** A registry folder's files by name, those that are there. Throws RegistryFaultsError when it is no such folder. */
export async function readRegistryFolder(directory: string): Promise<Map<string, Uint8Array>> {
  const fault = (file: string, detail: string) =>
    new RegistryFaultsError(directory, [{ file, line: null, column: null, detail }])
  const folder = await stat(directory).catch(() => null)
  if (folder?.isDirectory() !== true) {
    throw fault(directory, `no folder; expected one with ${REGISTRY_FILES.join(', ')}`)
  }
  const files = new Map<string, Uint8Array>()
  for (const name of REGISTRY_FILES) {
    const path = join(directory, name)
    const file = await stat(path).catch(() => null)
    if (file === null) continue
    if (!file.isFile()) throw fault(name, 'no file; expected CSV')
    if (file.size > FILE_BYTES_MAX)
      throw fault(name, `${file.size} bytes; expected at most ${FILE_BYTES_MAX}`)
    files.set(name, await readFile(path))
  }
  return files
}
