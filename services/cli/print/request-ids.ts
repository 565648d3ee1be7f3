import { describeUse, REQUEST_ID_FIELDS, WITHOUT_REQUEST_ID } from '@forbruk/schemas/gateway/request-ids.ts'

const WORD = { gateway: "the gateway's", operator: "the operator's", caller: "the caller's" } as const

const USE = {
  ship: `A line is known by its place in its file; a request id in it is not looked at. Producers of request events of
their own name one.`,
  intake: `A line is known by its place in the topic; or by the gateway's request id where the format vouches for one,
so that what a shipper sends twice counts once.`,
} as const

/** What the help of a command says of the request ids in a log. */
export function explainRequestIds(command: keyof typeof USE): string {
  const rows = REQUEST_ID_FIELDS.map(each => [each.gateway, each.field, WORD[each.setBy], describeUse(each)])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${USE[command]} Whose word it is, and whether it may tell copies from requests:
${lines.map(line => `  ${line}`).join('\n')}
${WITHOUT_REQUEST_ID.slice(0, -1).join(', ')} and ${WITHOUT_REQUEST_ID.at(-1)} log none.`
}
