/** Where a rule of the architecture is broken. */
export type Fault = {
  readonly path: string
  readonly line: number
  /** What is there, what is expected, and what to do, as sentences. */
  readonly message: string
}

export function describeFault({ path, line, message }: Fault): string {
  return `${path}:${line}: ${message}`
}
