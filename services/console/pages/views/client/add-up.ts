import type { ClientMonth } from '../../ask/clients.ts'

export type Sum = { readonly day: string; readonly value: number }

type Answer = {
  readonly days: readonly string[]
  readonly asOf: string
  readonly to: string
  readonly client: Pick<ClientMonth, 'meteredRequestsByDay' | 'meteredBytesByDay' | 'forecast'>
}

/**
 * Pure: what counts against one allowance, added up day by day as far as it is counted; and a straight line from there
 * to what is forecast for the month's end. `exact` has the days on which something counted.
 */
export function addUp(answer: Answer, measure: 'requests' | 'bytes') {
  const { client, days } = answer
  const byDay = measure === 'requests' ? client.meteredRequestsByDay : client.meteredBytesByDay
  const isOver = answer.asOf >= answer.to
  const lastUsed = byDay.findLastIndex((_, index) => isUsed(client, index))
  const counted: Sum[] = []
  const exact: { day: string; sum: string }[] = []
  let sum = 0n
  for (const [index, day] of days.entries()) {
    if (!isOver && index > lastUsed) break
    sum += BigInt(byDay[index] ?? '0')
    counted.push({ day, value: Number(sum) })
    if (isUsed(client, index)) exact.push({ day, sum: String(sum) })
  }
  const last = counted.at(-1)
  const lastDay = days.at(-1)
  const forecast =
    client.forecast === null || last === undefined || lastDay === undefined || isOver
      ? []
      : [last, { day: lastDay, value: Number(client.forecast[measure]) }]
  return { counted, exact, forecast }
}

/** A day stands in the answer of the figures' question when either measure has something. */
function isUsed(client: Answer['client'], index: number): boolean {
  return client.meteredRequestsByDay[index] !== '0' || client.meteredBytesByDay[index] !== '0'
}
