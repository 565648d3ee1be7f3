import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Problem } from '../../ask/problem.ts'
import { type RegistryAnswer, type RegistryVersion, registryQuery } from '../../ask/registry.ts'
import { useMay } from '../../ask/session.ts'
import { tariffQuery } from '../../ask/tariff.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { importsSql } from '../../sql/statements.ts'
import { Import } from './import.tsx'
import { registryTexts } from './texts.ts'
import { WhatIf } from './what-if.tsx'

const route = getRouteApi('/registry')

export default function RegistryPage() {
  const texts = useTexts(registryTexts)
  const navigate = route.useNavigate()
  const month = useMonth(route.useSearch().month)
  const registry = useQuery({ ...registryQuery(month ?? ''), enabled: month !== null })
  return (
    <>
      <PageHead
        title={texts.title}
        intro={texts.intro}
        month={month}
        onChoose={chosen => navigate({ search: { month: chosen }, resetScroll: false })}
      />
      <Answer query={registry} height={900}>
        {answer => <Imports answer={answer} />}
      </Answer>
      {month === null || registry.isPending ? null : <Prices month={month} />}
    </>
  )
}

function Imports({ answer: { month, holding, imports } }: { readonly answer: RegistryAnswer }) {
  const texts = useTexts(registryTexts)
  const { format } = useReader()
  const number = (head: string, of: (each: RegistryVersion) => number) => ({
    head,
    isNumber: true,
    cell: (each: RegistryVersion) => <data value={String(of(each))}>{format.count(String(of(each)))}</data>,
  })
  const holds = ({ holds: range }: RegistryVersion) => {
    if (range === null) return texts.corrected
    const from = range.from === null ? texts.beginning : format.month(range.from)
    if (range.until !== null) return texts.until(from, format.month(range.until))
    return range.from === null ? texts.always : texts.from(from)
  }
  return (
    <Section
      title={texts.holds(format.month(month))}
      {...(imports.length === 0 ? {} : { sql: importsSql() })}
    >
      {holding === null ? (
        <Empty>{texts.noRegistry}</Empty>
      ) : (
        <p>{texts.registryOf(String(holding.sequence), format.instant(holding.importedAt))}</p>
      )}
      <Table
        label={texts.imports}
        rows={imports}
        keyOf={each => String(each.sequence)}
        columns={[
          { head: texts.sequence, cell: each => `${texts.sequence} ${each.sequence}` },
          { head: texts.importedAt, cell: each => format.instant(each.importedAt) },
          { head: texts.holdsFor, cell: holds },
          number(texts.clients, each => each.clients),
          number(texts.partners, each => each.partners),
          number(texts.integrations, each => each.integrations),
          number(texts.activations, each => each.activations),
        ]}
      />
    </Section>
  )
}

function Prices({ month }: { readonly month: string }) {
  const texts = useTexts(registryTexts)
  const { format, language } = useReader()
  const query = useQuery(tariffQuery(month, language))
  const mayImport = useMay('closer')
  const isNone = query.error instanceof Problem && query.error.status === 404
  return (
    <>
      {isNone ? (
        <Section title={texts.pricesOf(format.month(month))}>
          <Empty>{texts.noTariff}</Empty>
        </Section>
      ) : (
        <Answer query={query} height={900}>
          {({ version, sentences }) => (
            <>
              <Section title={texts.prices(format.month(version.validFrom))}>
                <ul className="list">
                  {sentences.map(sentence => (
                    <li key={sentence}>{sentence}</li>
                  ))}
                </ul>
              </Section>
              <WhatIf key={month} month={month} version={version} />
            </>
          )}
        </Answer>
      )}
      {query.isPending || !mayImport ? null : <Import />}
    </>
  )
}
