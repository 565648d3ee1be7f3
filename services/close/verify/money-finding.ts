/** What money rests on and is not as it was recorded: where, and what to do. */
export type MoneyFinding = {
  readonly check:
    | 'rows_equal_seals'
    | 'registry_equals_import'
    | 'statements_equal_hash'
    | 'statements_equal_usage'
  readonly place: string
  readonly message: string
}
