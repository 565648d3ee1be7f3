import avro from 'avsc'

/** What avsc reads from; its types don't tell. */
type Tap = { readonly buf: Buffer; pos: number; readLong(): number; skipLong(): void; readString(): string }
type Reader = { _read(tap: Tap): unknown }

/**
 * An array whose count is held against the bytes that are left, of which each item takes one at least. avsc itself
 * makes as many items as the count says, also behind the end: a record of forty bytes would take all memory.
 */
export class BoundedArray extends avro.types.ArrayType {
  /** Called by avsc. */
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Reader
    const values: unknown[] = []
    readItems(tap, () => values.push(items._read(tap)))
    return values
  }

  /** Called by avsc for a field that only its writer has. */
  _skip(tap: Tap): void {
    this._read(tap)
  }
}

/** The same of a map. */
export class BoundedMap extends avro.types.MapType {
  _read(tap: Tap): Readonly<Record<string, unknown>> {
    const values = this.valuesType as Reader
    const entries: [string, unknown][] = []
    readItems(tap, () => entries.push([tap.readString(), values._read(tap)]))
    return Object.fromEntries(entries)
  }

  _skip(tap: Tap): void {
    this._read(tap)
  }
}

/** What can't be is answered as if the bytes were cut off, which avsc throws for. */
function readItems(tap: Tap, read: () => void): void {
  if (!areItemsRead(tap, read)) tap.pos = tap.buf.length + 1
}

function areItemsRead(tap: Tap, read: () => void): boolean {
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    // A negative one comes with the length of its items in bytes.
    if (count < 0) tap.skipLong()
    if (Math.abs(count) > tap.buf.length - tap.pos) return false
    for (let left = Math.abs(count); left > 0; left--) {
      const before = tap.pos
      read()
      if (tap.pos === before) return false
    }
  }
  return true
}
