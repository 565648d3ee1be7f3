import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { expect, test } from 'vitest'
import { loadScanner } from './load-scanner.ts'

const folder = fileURLToPath(new URL('assembly/', import.meta.url))

test('scan-requests.wasm is what its source compiles to', async () => {
  const written: Uint8Array[] = []
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--baseDir', folder], {
    writeFile: (_, contents) => void written.push(Uint8Array.from(Buffer.from(contents))),
  })
  expect(error, stderr.toString()).toBeNull()
  expect(written).toEqual([new Uint8Array(await readFile(`${folder}scan-requests.wasm`))])
})

test('every scanner has a memory of its own', () => {
  expect(loadScanner().memory).not.toBe(loadScanner().memory)
})
