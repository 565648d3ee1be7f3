import type { ClientStatement } from '../../ask/clients.ts'
import type { StatementLine, StatementOfClient } from '../../ask/months.ts'
import { Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { linesSql } from '../../sql/statements.ts'
import { clientTexts } from './texts.ts'

/** Why the client pays what it pays: what the newest statement of the month charges, line by line. */
export function Charge({
  stated,
  client,
}: {
  readonly stated: ClientStatement
  readonly client: StatementOfClient | undefined
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const charged = (client?.lines ?? []).filter(({ item }) => item !== 'included')
  return (
    <Section
      title={texts.charge(format.month(stated.month))}
      sql={
        client === undefined || charged.length === 0
          ? undefined
          : linesSql(stated.month, stated.revision, client.clientId)
      }
    >
      <p>
        {texts.paysAll(format.nok(stated.payableNok))}{' '}
        {Number(stated.proposedNok) === 0 ? '' : texts.partlyProposed(format.nok(stated.proposedNok))}
      </p>
      {charged.length === 0 ? <Empty>{texts.noCharge}</Empty> : <Lines lines={charged} />}
    </Section>
  )
}

function Lines({ lines }: { readonly lines: readonly StatementLine[] }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const nameOf = useNames()
  return (
    <Table
      label={texts.why}
      rows={lines}
      keyOf={({ item, detail }) => `${item} ${detail}`}
      columns={[
        {
          head: texts.why,
          cell: line => (
            <>
              {nameOf(line)}{' '}
              {line.status === 'payable' ? null : (
                <span className={`tag ${line.status}`}>{texts.lineStates[line.status]}</span>
              )}
            </>
          ),
        },
        {
          head: texts.quantity,
          isNumber: true,
          cell: ({ quantity, unit }) => (
            <span>
              <data value={quantity}>{format.decimal(quantity)}</data>{' '}
              {texts.units[unit][Number(quantity) === 1 ? 0 : 1]}
            </span>
          ),
        },
        {
          head: texts.price,
          isNumber: true,
          cell: ({ unitPriceNok }) => <data value={unitPriceNok}>{format.decimal(unitPriceNok)}</data>,
        },
        {
          head: texts.amount,
          isNumber: true,
          cell: ({ amountNok }) => <data value={amountNok}>{format.nok(amountNok)}</data>,
        },
      ]}
    />
  )
}

/** What a line is about, in the reader's language. */
function useNames() {
  const { items } = useTexts(clientTexts)
  const { format } = useReader()
  return ({ terms }: StatementLine): string => {
    switch (terms.kind) {
      case 'included':
        return terms.integrationName
      case 'partner_tier':
        return items.partnerTier(terms.tier, String(terms.clients.length))
      case 'access_external':
        return items.access
      case 'overage_requests':
        return items.overageRequests(format.count(terms.included))
      case 'overage_transfer':
        return items.overageTransfer(format.decimal(terms.includedGigabytes))
    }
  }
}
