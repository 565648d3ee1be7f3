import { describeUse, REQUEST_ID_FIELDS, WITHOUT_REQUEST_ID } from '@forbruk/schemas/gateway/request-ids.ts'

const WORD = { gateway: "the gateway's", operator: "the operator's", caller: "the caller's" } as const

/** What the help of `ship` says of the request ids in a log. */
export function explainRequestIds(): string {
  const rows = REQUEST_ID_FIELDS.map(each => [each.gateway, each.field, WORD[each.setBy], describeUse(each)])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `A line is known by its place in its file; a request id in it is not looked at. Producers of request events of
their own name one. Whose word it is, and whether it may tell copies from requests:
${lines.map(line => `  ${line}`).join('\n')}
${WITHOUT_REQUEST_ID.slice(0, -1).join(', ')} and ${WITHOUT_REQUEST_ID.at(-1)} log none.`
}
