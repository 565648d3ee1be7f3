import { StoreError, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { StoredRow } from './block-tables.ts'
import { describeRows, type InsertFaults, pickOutcome } from './insert-outcome.ts'
import type { Invariants } from './invariants.ts'
import { REFUSED } from './judge-end.ts'
import type { Operation } from './operation.ts'
import type { Random } from './random.ts'
import { isIdentityTable } from './simulated-identities.ts'
import type { SimulatedStore } from './simulated-store.ts'

type LateInsert = { readonly table: string; readonly rows: readonly StoredRow[] }

type Surroundings = {
  readonly random: Random
  readonly store: SimulatedStore
  readonly invariants: Invariants
  readonly trace: (line: string) => void
  /** Whether what is written must be right. */
  readonly isChecked: () => boolean
}

/** The way of inserts to the store, and what goes wrong on it. */
export class Inserts {
  /** They will be applied although nobody waits for them any more. */
  late: LateInsert[] = []
  faults: InsertFaults = { rate: 0, canRefuse: false }
  isStoreAway = false
  readonly #surroundings: Surroundings

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  perform(name: string, operation: Extract<Operation, { kind: 'insert' }>): void {
    const { random, trace } = this.#surroundings
    const { table, rows } = operation
    const outcome = pickOutcome(random, this.faults, this.isStoreAway)
    if (outcome !== 'done') trace(`${name}'s insert into ${table}: ${outcome}`)
    switch (outcome) {
      case 'done':
        this.#apply(table, rows, name)
        operation.perform()
        return
      case 'twice':
        this.#apply(table, rows, name)
        this.late.push({ table, rows })
        operation.perform()
        return
      case 'refused':
        if (random.chance(0.3)) this.late.push({ table, rows })
        operation.fail(new StoreError('refused', REFUSED))
        return
      case 'applied':
        this.#apply(table, rows, name)
        break
      case 'late':
        this.late.push({ table, rows })
        break
      case 'lost':
        break
    }
    operation.fail(new StoreUnavailableError('no answer'))
  }

  applyLate(insert: LateInsert): void {
    this.late.splice(this.late.indexOf(insert), 1)
    this.#apply(insert.table, insert.rows, 'late')
  }

  #apply(table: string, rows: readonly StoredRow[], by: string): void {
    const { store, invariants, trace, isChecked } = this.#surroundings
    trace(`${by} writes ${rows.length} to ${table}: ${describeRows(table, rows)}`)
    if (isChecked()) {
      invariants.checkRows(table, rows)
      invariants.check(store.insert(table, rows))
      if (isIdentityTable(table)) invariants.recognition.check(table, rows)
    } else store.insert(table, rows)
  }
}
