import { readFileSync } from 'node:fs'

/** What scan-requests.wasm exports; addresses are in its memory. */
type Scanner = {
  readonly memory: WebAssembly.Memory
  readonly scanRequests: (count: number) => void
  readonly slots: number
  readonly values: number
  readonly avroHeader: number
}

/** An instance of its own: memory and the keys it has learned. */
export function loadScanner(): Scanner {
  const module = new WebAssembly.Module(readFileSync(new URL('assembly/scan-requests.wasm', import.meta.url)))
  const { exports } = new WebAssembly.Instance(module)
  const { memory, scanRequests, SLOTS, VALUES, AVRO_HEADER } = exports
  if (!(memory instanceof WebAssembly.Memory) || !isFunction(scanRequests)) throw unexpected('exports')
  return {
    memory,
    scanRequests,
    slots: addressOf(SLOTS),
    values: addressOf(VALUES),
    avroHeader: addressOf(AVRO_HEADER),
  }
}

function isFunction(value: unknown): value is (count: number) => void {
  return typeof value === 'function'
}

function addressOf(value: unknown): number {
  if (value instanceof WebAssembly.Global && typeof value.value === 'number') return value.value
  throw unexpected('addresses')
}

function unexpected(what: string): Error {
  return new Error(
    `scan-requests.wasm has other ${what} than its source: build it again, npm run build:scanner`,
  )
}
