import { type EncodedBlock, writeLength } from './column-block.ts'

/**
 * ClickHouse's Native format: of each block how many columns and rows it has, then of each column its name, its type
 * and its values. ClickHouse converts them to the table's own types.
 * Source: https://clickhouse.com/docs/interfaces/formats/Native
 */
export function encodeNative(blocks: readonly EncodedBlock[]): Uint8Array[] {
  return blocks.flatMap(({ rows, columns }) => [
    encodeLength(columns.length),
    encodeLength(rows),
    ...columns.flatMap(({ name, type, bytes }) => [encodeText(name), encodeText(type), bytes]),
  ])
}

function encodeText(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  return Buffer.concat([encodeLength(bytes.length), bytes])
}

function encodeLength(length: number): Uint8Array {
  const bytes = new Uint8Array(5)
  return bytes.subarray(0, writeLength(bytes, 0, length))
}
