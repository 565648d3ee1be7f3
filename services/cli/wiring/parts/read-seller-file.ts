import { readFile } from 'node:fs/promises'
import { ConfigError } from '@forbruk/infra/runtime/config-error.ts'
import {
  EXAMPLE_SELLER_URL,
  readSeller,
  type Seller,
  SellerError,
} from '@forbruk/schemas/seller/read-seller.ts'

/** Who invoices, or null where nobody is named. Throws SellerError. */
export async function readSellerIfNamed(path: string | null): Promise<Seller | null> {
  return path === null ? null : await readSellerFile(path)
}

/** Who invoices. Throws ConfigError where nobody is named, and SellerError. */
export async function readSellerFile(path: string | null): Promise<Seller> {
  if (path === null) {
    throw new ConfigError(
      `FORBRUK_SELLER is not set: expected the file of who invoices, as in ${EXAMPLE_SELLER_URL.pathname}`,
    )
  }
  const text = await readFile(path, 'utf8').catch(error => {
    throw new SellerError(path, [
      `the file can't be read (${error.code ?? error.message}); expected a seller as JSON`,
    ])
  })
  return readSeller(text, path)
}
