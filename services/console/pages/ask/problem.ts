/** Why the API answered no, as RFC 9457 has it. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  /** The last part of `urn:forbruk:problem:…`. */
  readonly kind: string
  readonly more: Readonly<Record<string, unknown>>

  constructor(status: number, body: unknown) {
    const more: Readonly<Record<string, unknown>> =
      typeof body === 'object' && body !== null ? { ...body } : {}
    super(typeof more.detail === 'string' ? more.detail : `HTTP ${status}`)
    this.status = status
    this.kind = String(more.type ?? '').replace('urn:forbruk:problem:', '')
    this.more = more
  }

  /** What it lists under a name, as far as that is as expected. */
  listOf<Item>(name: string, isItem: (value: unknown) => value is Item): Item[] {
    const list = this.more[name]
    return Array.isArray(list) ? list.filter(isItem) : []
  }
}
