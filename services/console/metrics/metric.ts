/** A value, told from others of its metric by labels. */
export type Sample = { readonly labels?: Readonly<Record<string, string>>; readonly value: number }

/** What Prometheus is told, and how it is read from the facts. Names and units follow its conventions. */
export type Metric<Facts> = {
  readonly name: `forbruk_${string}`
  /** A counter only grows, but for a restart of who counts it. */
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  readonly read: (facts: Facts) => readonly Sample[]
}
