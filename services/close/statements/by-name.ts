type Named = { readonly clientId: string; readonly clientName: string }

/** As people look for them; by id where names are equal. */
export function byName(a: Named, b: Named): number {
  return (
    NORWEGIAN.compare(a.clientName, b.clientName) ||
    (a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0)
  )
}

const NORWEGIAN = new Intl.Collator('nb')
