import type { Closed } from '../../ask/months.ts'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { monthsTexts } from './texts.ts'

/** What a close would state, and what of it differs from the revision before. */
export function Difference({ closed }: { readonly closed: Closed }) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  return (
    <>
      <dl className="pairs">
        <dt>{texts.statements}</dt>
        <dd>{format.count(String(closed.statements))}</dd>
        <dt>{texts.requests}</dt>
        <dd>{format.count(closed.requests)}</dd>
        <dt>{texts.transfer}</dt>
        <dd>{format.bytes(closed.bytes)}</dd>
        <dt>{texts.payable}</dt>
        <dd>{format.nok(closed.payableNok)}</dd>
        <dt>{texts.proposed}</dt>
        <dd>{format.nok(closed.proposedNok)}</dd>
        <dt>{texts.hash}</dt>
        <dd>
          <code>{closed.contentHash}</code>
        </dd>
      </dl>
      <Changes closed={closed} />
      <Uncharged closed={closed} />
    </>
  )
}

function Changes({ closed: { changes, payerChanges } }: { readonly closed: Closed }) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const causes: Readonly<Record<string, string>> = texts.causes
  const payable = {
    head: texts.payable,
    isNumber: true,
    cell: (each: { readonly payableNok: string }) => format.nok(each.payableNok),
  }
  if (changes.length === 0) return null
  return (
    <>
      <h3>{texts.changes}</h3>
      <Table
        label={texts.changes}
        rows={changes}
        keyOf={each => `${each.cause} ${each.detail}`}
        columns={[
          { head: texts.cause, cell: each => causes[each.cause] ?? each.cause },
          { head: texts.detail, cell: each => each.detail },
          { head: texts.lines, isNumber: true, cell: each => each.lines },
          payable,
        ]}
      />
      <h3>{texts.payers}</h3>
      <Table
        label={texts.payers}
        rows={payerChanges}
        keyOf={each => `${each.payerId} ${each.cause}`}
        columns={[
          { head: texts.payer, cell: each => each.payerName },
          { head: texts.cause, cell: each => causes[each.cause] ?? each.cause },
          payable,
        ]}
      />
    </>
  )
}

/** What is left out: exceptions, and events that could not be counted. */
function Uncharged({ closed: { exceptions, rejected } }: { readonly closed: Closed }) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const kinds: Readonly<Record<string, string>> = texts.kinds
  return (
    <>
      {exceptions.length === 0 ? null : (
        <>
          <h3>{texts.exceptions}</h3>
          <Table
            label={texts.exceptions}
            rows={exceptions}
            keyOf={each => `${each.kind} ${each.clientId} ${each.integrationId}`}
            columns={[
              { head: texts.client, cell: each => each.clientId },
              { head: texts.integration, cell: each => each.integrationId },
              { head: texts.kind, cell: each => kinds[each.kind] ?? each.kind },
              { head: texts.requests, isNumber: true, cell: each => format.count(each.requests) },
            ]}
          />
        </>
      )}
      {rejected.length === 0 ? null : (
        <>
          <h3>{texts.rejected}</h3>
          <Table
            label={texts.rejected}
            rows={rejected}
            keyOf={each => each.reason}
            columns={[
              { head: texts.kind, cell: each => <code>{each.reason}</code> },
              { head: texts.events, isNumber: true, cell: each => format.count(String(each.events)) },
              { head: texts.waived, isNumber: true, cell: each => format.count(String(each.waived)) },
              { head: texts.mended, isNumber: true, cell: each => format.count(String(each.mended)) },
              { head: texts.open, isNumber: true, cell: each => format.count(String(each.open)) },
            ]}
          />
        </>
      )}
    </>
  )
}
