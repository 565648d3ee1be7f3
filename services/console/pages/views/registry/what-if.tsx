import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { monthsQuery } from '../../ask/months.ts'
import { type Rated, rateDraft, type TariffVersion } from '../../ask/tariff.ts'
import { Empty, Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { draftClientsSql, draftSumsSql } from '../../sql/draft.ts'
import { registryTexts } from './texts.ts'

const FIELDS = {
  requests: 'whole',
  gigabytes: 'decimal',
  pricePerRequest: 'decimal',
  pricePerMegabyte: 'decimal',
  access: 'decimal',
} as const
type Field = keyof typeof FIELDS
type Draft = Record<Field, string>

const NAMES = Object.keys(FIELDS).filter((name): name is Field => name in FIELDS)

/** What a closed month would have come to by other prices, client by client. */
export function WhatIf({ month, version }: { readonly month: string; readonly version: TariffVersion }) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  const months = useQuery(monthsQuery)
  const isClosed = months.data?.months.some(each => each.month === month)
  return (
    <Section title={texts.whatIf}>
      <p className="soft">{texts.whatIfHint}</p>
      {isClosed === false ? (
        <Empty>{texts.notClosed(format.month(month))}</Empty>
      ) : (
        <DraftForm month={month} version={version} />
      )}
    </Section>
  )
}

function DraftForm({ month, version }: { readonly month: string; readonly version: TariffVersion }) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  const [draft, setDraft] = useState<Draft>({
    requests: String(version.consumption.allowance.requests),
    gigabytes: format.typed(version.consumption.allowance.gigabytes),
    pricePerRequest: format.typed(version.consumption.pricePerRequest),
    pricePerMegabyte: format.typed(version.consumption.pricePerMegabyte),
    access: format.typed(version.externalAccess.pricePerMonth),
  })
  const [rated, setRated] = useState(version)
  const rate = useMutation({ mutationFn: (drafted: TariffVersion) => rateDraft(month, drafted) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const drafted = applyTo(version, draft)
    setRated(drafted)
    rate.mutate(drafted)
  }
  const isWrong = NAMES.some(field => findWrong(field, draft[field]) !== null)
  return (
    <>
      <form className="aside draft" onSubmit={submit} noValidate>
        {NAMES.map(field => (
          <DraftField
            key={field}
            field={field}
            value={draft[field]}
            onChange={value => setDraft({ ...draft, [field]: value })}
          />
        ))}
        <button type="submit" className="main" disabled={isWrong || rate.isPending}>
          {rate.isPending ? texts.rating : texts.rate}
        </button>
      </form>
      <div aria-live="polite">
        {rate.error === null ? null : <Failure error={rate.error} />}
        {rate.data === undefined ? null : <Outcome rated={rate.data} version={rated} />}
      </div>
    </>
  )
}

function DraftField({
  field,
  value,
  onChange,
}: {
  readonly field: Field
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const texts = useTexts(registryTexts)
  const id = useId()
  const wrong = findWrong(field, value)
  return (
    <label>
      {texts.draft[field]}
      <input
        inputMode={FIELDS[field] === 'whole' ? 'numeric' : 'decimal'}
        size={12}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={wrong === null ? undefined : id}
        onChange={event => onChange(event.target.value)}
      />
      <span id={id} className="wrong" role="status">
        {wrong === null ? '' : texts.wrong[wrong]}
      </span>
    </label>
  )
}

/** A decimal comma is understood as well, and spaces between thousands. */
const toPlain = (text: string) => text.replaceAll(/\s/g, '').replace(',', '.')

/** As a tariff file may have it. */
function findWrong(field: Field, text: string): 'whole' | 'decimal' | null {
  const kind = FIELDS[field]
  const isRight = kind === 'whole' ? /^\d{1,15}$/ : /^\d{1,9}(\.\d{1,6})?$/
  return isRight.test(toPlain(text)) ? null : kind
}

function applyTo(version: TariffVersion, draft: Draft): TariffVersion {
  return {
    ...version,
    externalAccess: { ...version.externalAccess, pricePerMonth: toPlain(draft.access) },
    consumption: {
      ...version.consumption,
      allowance: { requests: Number(toPlain(draft.requests)), gigabytes: toPlain(draft.gigabytes) },
      pricePerRequest: toPlain(draft.pricePerRequest),
      pricePerMegabyte: toPlain(draft.pricePerMegabyte),
    },
  }
}

type Client = Rated['clients'][number]

function Outcome({ rated, version }: { readonly rated: Rated; readonly version: TariffVersion }) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  const amount = <Row,>(head: string, of: (row: Row) => string) => ({
    head,
    isNumber: true,
    cell: (row: Row) => <data value={of(row)}>{format.nok(of(row))}</data>,
  })
  const heads = {
    charged: `${texts.charged}: ${texts.payable}`,
    chargedProposed: `${texts.charged}: ${texts.proposed}`,
    draft: `${texts.asDraft}: ${texts.payable}`,
    draftProposed: `${texts.asDraft}: ${texts.proposed}`,
  }
  const columns = <Row extends Pick<Client, 'charged' | 'draft'>>() => [
    amount<Row>(heads.charged, each => each.charged.payableNok),
    amount<Row>(heads.chargedProposed, each => each.charged.proposedNok),
    amount<Row>(heads.draft, each => each.draft.payableNok),
    amount<Row>(heads.draftProposed, each => each.draft.proposedNok),
  ]
  const differing = rated.clients.filter(each => Number(each.differenceNok) !== 0)
  const { month, revision } = rated
  return (
    <div className="list">
      <p className="soft small">{texts.draftHow}</p>
      <Section title={texts.sums} sql={draftSumsSql(month, revision, version)}>
        <Table label={texts.sums} rows={[rated]} keyOf={() => texts.sums} columns={columns<Rated>()} />
      </Section>
      {rated.clientsChanged === 0 ? null : (
        <p className="notice warn">{texts.changedSince(format.count(String(rated.clientsChanged)))}</p>
      )}
      {differing.length === 0 ? <Empty>{texts.noDifference}</Empty> : null}
      {differing.length === 0 ? null : (
        <Section title={texts.difference} sql={draftClientsSql(month, revision, version)}>
          <div className="tall">
            <Table
              label={texts.difference}
              rows={differing}
              keyOf={each => each.clientId}
              columns={[
                { head: texts.client, cell: each => each.clientName },
                ...columns<Client>(),
                amount<Client>(texts.difference, each => each.differenceNok),
              ]}
            />
          </div>
        </Section>
      )}
    </div>
  )
}
