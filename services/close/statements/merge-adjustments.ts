import type { AdjustmentCause, StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { sumAmounts } from '../rating/price-lines.ts'

/** Pure: what some revisions in a row change together, for one payer; what one of them undid is not in it. */
export function mergeAdjustments(adjustments: readonly StatementAdjustment[]): StatementAdjustment[] {
  const byLine = Map.groupBy(adjustments, ({ clientId, item, integrationId, occurrence }) =>
    JSON.stringify([clientId, item, integrationId, occurrence]),
  )
  return [...byLine.values()].flatMap(ofLine => {
    const [first, last] = [ofLine[0], ofLine.at(-1)]
    if (first === undefined || last === undefined) return []
    const merged = {
      ...last,
      quantityBefore: first.quantityBefore,
      statusBefore: first.statusBefore,
      amountBeforeNok: first.amountBeforeNok,
      adjustmentNok: sumAmounts(ofLine.map(each => each.adjustmentNok)),
      payableNok: sumAmounts(ofLine.map(each => each.payableNok)),
      causes: mergeCauses(ofLine.flatMap(each => each.causes)),
    }
    return isNoChange(merged) ? [] : [merged]
  })
}

function isNoChange(merged: StatementAdjustment): boolean {
  return (
    merged.statusBefore === merged.statusAfter &&
    merged.quantityBefore === merged.quantityAfter &&
    merged.amountBeforeNok === merged.amountAfterNok
  )
}

function mergeCauses(causes: readonly AdjustmentCause[]): AdjustmentCause[] {
  return [...Map.groupBy(causes, ({ cause }) => cause).values()].flatMap(ofCause => {
    const last = ofCause.at(-1)
    if (last === undefined) return []
    const amountNok = sumAmounts(ofCause.map(each => each.amountNok))
    return [{ ...last, amountNok, payableNok: sumAmounts(ofCause.map(each => each.payableNok)) }]
  })
}
