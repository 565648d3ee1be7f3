import type { Reconciliation } from '@forbruk/infra/store/tables/source-reconciliation.ts'

/** What a gateway said that it served, beside what had arrived of it, as a close keeps it. */
export type Reconciled = Omit<Reconciliation, 'stream' | 'reconciledAtMs' | 'actor'>

export function toReconciled(reconciliation: Reconciliation): Reconciled {
  const { stream: _, reconciledAtMs: __, actor: ___, ...reconciled } = reconciliation
  return reconciled
}
