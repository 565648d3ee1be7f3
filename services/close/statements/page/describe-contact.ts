import type { StatedSeller } from '@forbruk/schemas/statement/payer-statement.ts'

/** `Faktura, +47 22 00 00 00, faktura@example.com`; null where the seller names nobody. */
export function describeContact(seller: StatedSeller | null): string | null {
  const { contact = null } = seller ?? {}
  if (contact === null) return null
  return [contact.name, contact.phone, contact.email].filter(part => part !== null).join(', ')
}
