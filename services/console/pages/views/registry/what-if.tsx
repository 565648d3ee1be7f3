import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Rated, rateDraft, type TariffVersion } from '../../ask/tariff.ts'
import { Empty, Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { registryTexts } from './texts.ts'

const FIELDS = ['requests', 'gigabytes', 'pricePerRequest', 'pricePerMegabyte', 'access'] as const
type Draft = Record<(typeof FIELDS)[number], string>

/** What a closed month would have come to by other prices, client by client. */
export function WhatIf({ month, version }: { readonly month: string; readonly version: TariffVersion }) {
  const texts = useTexts(registryTexts)
  const [draft, setDraft] = useState<Draft>({
    requests: String(version.consumption.allowance.requests),
    gigabytes: version.consumption.allowance.gigabytes,
    pricePerRequest: version.consumption.pricePerRequest,
    pricePerMegabyte: version.consumption.pricePerMegabyte,
    access: version.externalAccess.pricePerMonth,
  })
  const rate = useMutation({ mutationFn: () => rateDraft(month, applyTo(version, draft)) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rate.mutate()
  }
  return (
    <Section title={texts.whatIf}>
      <p className="soft">{texts.whatIfHint}</p>
      <form className="aside" onSubmit={submit}>
        {FIELDS.map(field => (
          <label key={field}>
            {texts.draft[field]}
            <input
              required
              inputMode="decimal"
              size={12}
              value={draft[field]}
              onChange={event => setDraft({ ...draft, [field]: event.target.value })}
            />
          </label>
        ))}
        <button type="submit" className="main" disabled={rate.isPending}>
          {rate.isPending ? texts.rating : texts.rate}
        </button>
      </form>
      <div aria-live="polite">
        {rate.error === null ? null : <Failure error={rate.error} />}
        {rate.data === undefined ? null : <Outcome rated={rate.data} />}
      </div>
    </Section>
  )
}

/** A decimal comma is understood as well. */
function applyTo(version: TariffVersion, draft: Draft): TariffVersion {
  const decimal = (text: string) => text.trim().replace(',', '.')
  return {
    ...version,
    externalAccess: { ...version.externalAccess, pricePerMonth: decimal(draft.access) },
    consumption: {
      ...version.consumption,
      allowance: { requests: Number(decimal(draft.requests)), gigabytes: decimal(draft.gigabytes) },
      pricePerRequest: decimal(draft.pricePerRequest),
      pricePerMegabyte: decimal(draft.pricePerMegabyte),
    },
  }
}

type Client = Rated['clients'][number]

function Outcome({ rated }: { readonly rated: Rated }) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  const sums = [
    { name: texts.payable, charged: rated.charged.payableNok, draft: rated.draft.payableNok },
    { name: texts.proposed, charged: rated.charged.proposedNok, draft: rated.draft.proposedNok },
  ]
  const amount = (head: string, of: (client: Client) => string) => ({
    head,
    isNumber: true,
    cell: (client: Client) => format.nok(of(client)),
  })
  const differing = rated.clients.filter(each => Number(each.differenceNok) !== 0)
  return (
    <div className="list">
      <Table
        label={texts.whatIf}
        rows={sums}
        keyOf={each => each.name}
        columns={[
          { head: '', cell: each => each.name },
          { head: texts.charged, isNumber: true, cell: each => format.nok(each.charged) },
          { head: texts.asDraft, isNumber: true, cell: each => format.nok(each.draft) },
        ]}
      />
      {rated.clientsChanged === 0 ? null : (
        <p className="notice warn">{texts.changedSince(format.count(String(rated.clientsChanged)))}</p>
      )}
      {differing.length === 0 ? <Empty>{texts.noDifference}</Empty> : null}
      {differing.length === 0 ? null : (
        <div className="tall">
          <Table
            label={texts.difference}
            rows={differing}
            keyOf={each => each.clientId}
            columns={[
              { head: texts.client, cell: each => each.clientName },
              amount(`${texts.charged}: ${texts.payable}`, each => each.charged.payableNok),
              amount(`${texts.charged}: ${texts.proposed}`, each => each.charged.proposedNok),
              amount(`${texts.asDraft}: ${texts.payable}`, each => each.draft.payableNok),
              amount(`${texts.asDraft}: ${texts.proposed}`, each => each.draft.proposedNok),
              amount(texts.difference, each => each.differenceNok),
            ]}
          />
        </div>
      )}
    </div>
  )
}
