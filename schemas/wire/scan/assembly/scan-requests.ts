import { scanAvro } from './scan-avro'
import { scanJson } from './scan-json'
import { END, NOT_SCANNED, OUTCOME, SLOT_BYTES, SLOTS, START } from './slot'

export { AVRO_HEADER } from './scan-avro'
export { SLOTS } from './slot'

const AVRO_START: i32 = 0xc3
const JSON_START: i32 = 0x7b

/** Where values may be put, up to `valuesEnd`. Behind them there is room for a step beyond the last one. */
export const VALUES: usize = (__heap_base + 15) & ~(<usize>15)

/** Scans the values of the first `count` slots, whose starts and ends are noted there. */
export function scanRequests(count: i32): void {
  for (let index = 0; index < count; index++) {
    const slot = SLOTS + <usize>index * SLOT_BYTES
    const start = <usize>load<u32>(slot, START)
    const end = <usize>load<u32>(slot, END)
    store<i32>(slot, start < end ? scan(start, end, slot) : NOT_SCANNED, OUTCOME)
  }
}

function scan(start: usize, end: usize, slot: usize): i32 {
  const first = <i32>load<u8>(start)
  if (first === JSON_START) return scanJson(start, end, slot)
  return first === AVRO_START ? scanAvro(start, end, slot) : NOT_SCANNED
}
