import { readFile } from 'node:fs/promises'
import {
  DEFAULT_TARIFF_URL,
  readTariff,
  type Tariff,
  TariffError,
} from '@forbruk/schemas/tariff/read-tariff.ts'

/** The operator's tariff, or the one that Forbruk ships with. Throws TariffError. */
export async function readTariffFile(path: string | null): Promise<Tariff> {
  if (path === null) return readTariff(await readFile(DEFAULT_TARIFF_URL, 'utf8'), 'the default tariff')
  const text = await readFile(path, 'utf8').catch(error => {
    throw new TariffError(path, [
      `the file can't be read (${error.code ?? error.message}); expected a tariff as JSON`,
    ])
  })
  return readTariff(text, path)
}
