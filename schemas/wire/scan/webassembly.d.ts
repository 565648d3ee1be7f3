/** As much of it as is used here: only the DOM's library declares it, and there is no DOM. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
  abstract class Memory {
    readonly buffer: ArrayBuffer
  }
  abstract class Global {
    readonly value: unknown
  }
}
