import avro from 'avsc'

/** What avsc reads from; its types don't tell. */
type Tap = { readonly buf: Buffer; pos: number; readLong(): number; skipLong(): void }
type Reader = { _read(tap: Tap): unknown }

/**
 * An array whose count is held against the bytes that are left, of which each item takes one at least. avsc itself
 * makes as many items as the count says, also behind the end: a record of forty bytes would take all memory.
 */
export class BoundedArray extends avro.types.ArrayType {
  /** Called by avsc. A count that can't be is answered as if the bytes were cut off, which avsc throws for. */
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Reader
    const values: unknown[] = []
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      // A negative one comes with the length of its items in bytes.
      if (count < 0) tap.skipLong()
      if (Math.abs(count) > tap.buf.length - tap.pos) {
        tap.pos = tap.buf.length + 1
        return values
      }
      for (let left = Math.abs(count); left > 0; left--) values.push(items._read(tap))
    }
    return values
  }
}
