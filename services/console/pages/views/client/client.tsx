import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ClientAnswer, clientQuery } from '../../ask/clients.ts'
import { statementQuery } from '../../ask/months.ts'
import { Problem } from '../../ask/problem.ts'
import { useSeesAll } from '../../ask/session.ts'
import { type TariffVersion, tariffQuery } from '../../ask/tariff.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer } from '../../parts/answer.tsx'
import { Figure } from '../../parts/figure.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { termsOf } from '../../sql/allowances.ts'
import { sumSql } from '../../sql/usage.ts'
import { Allowance } from './allowance.tsx'
import { Charge } from './charge.tsx'
import { ClientDays } from './client-days.tsx'
import { ItsCase, Prove, Statements, TakeAway } from './records.tsx'
import { ByIntegration, ByStatus } from './splits.tsx'
import { clientTexts } from './texts.ts'
import { WeekHeat } from './week-heat.tsx'

const route = getRouteApi('/clients/$clientId')

export default function ClientPage() {
  const { clientId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const month = useMonth(search.month)
  const query = useQuery({ ...clientQuery(clientId, month ?? ''), enabled: month !== null })
  return (
    <>
      <PageHead
        title={query.data?.client.name ?? clientId}
        month={month}
        onChoose={chosen =>
          navigate({
            search: before => ({ ...before, month: chosen, day: undefined }),
            resetScroll: false,
          })
        }
      />
      {query.error instanceof Problem && query.error.status === 404 ? (
        <Unknown clientId={clientId} />
      ) : (
        <Answer query={query} height={900}>
          {answer => <Shown answer={answer} clientId={clientId} />}
        </Answer>
      )}
    </>
  )
}

function Unknown({ clientId }: { readonly clientId: string }) {
  const texts = useTexts(clientTexts)
  return (
    <>
      <p>{texts.unknown}</p>
      <p>
        <Link to="/clients" search={before => ({ ...before, search: clientId })}>
          {texts.toClients}
        </Link>
      </p>
    </>
  )
}

function Shown({ answer, clientId }: { readonly answer: ClientAnswer; readonly clientId: string }) {
  const { language } = useReader()
  const tariff = useQuery(tariffQuery(answer.month, language))
  const { month } = answer
  const stated = answer.statements.find(each => each.month === month && each.isLatest)
  const statement = useQuery({
    ...statementQuery(month, stated?.payerId ?? '', stated?.revision ?? 0),
    enabled: stated !== undefined,
  })
  return (
    <>
      <Who answer={answer} />
      <Totals answer={answer} />
      {stated === undefined ? null : (
        <Answer query={statement} height={900}>
          {({ clients }) => (
            <Charge stated={stated} client={clients.find(each => each.clientId === clientId)} />
          )}
        </Answer>
      )}
      {tariff.isPending || statement.isLoading ? null : (
        <Rest answer={answer} clientId={clientId} version={tariff.data?.version} />
      )}
    </>
  )
}

function Rest({
  answer,
  clientId,
  version,
}: {
  readonly answer: ClientAnswer
  readonly clientId: string
  readonly version: TariffVersion | undefined
}) {
  const { registered, month } = answer
  const seesAll = useSeesAll()
  const names = new Map(registered?.activations.map(({ integrationId, name }) => [integrationId, name]))
  return (
    <>
      <ClientDays clientId={clientId} month={month} />
      <Allowance answer={answer} terms={termsOf(answer, version)} />
      <div className="beside">
        <ByIntegration clientId={clientId} month={month} names={names} />
        <ByStatus clientId={clientId} month={month} />
      </div>
      <WeekHeat clientId={clientId} month={month} />
      <Statements statements={answer.statements} clientId={clientId} />
      {seesAll ? (
        <>
          <ItsCase cases={answer.cases} month={month} />
          <Prove month={month} clientId={clientId} statements={answer.statements} />
        </>
      ) : (
        <TakeAway month={month} clientId={clientId} />
      )}
    </>
  )
}

function Who({ answer: { client, registered } }: { readonly answer: ClientAnswer }) {
  const texts = useTexts(clientTexts)
  const pays =
    client.payerId === client.clientId
      ? texts.paysItself
      : (client.payerName ?? client.payerId ?? texts.paysNobody)
  return (
    <p className="who">
      <code>{client.clientId}</code>
      <span>
        {texts.payer} {pays}
      </span>
      {registered?.partnerId === null || registered === null ? null : (
        <span>
          {texts.partner} <code>{registered.partnerId}</code>
        </span>
      )}
    </p>
  )
}

function Totals({ answer: { client, month } }: { readonly answer: ClientAnswer }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const bytes = String(BigInt(client.requestBytes) + BigInt(client.responseBytes))
  return (
    <dl className="figures">
      <Figure
        label={texts.requests}
        value={client.requests}
        shown={format.count(client.requests)}
        sql={sumSql(month, 'requests', client.clientId)}
      />
      <Figure
        label={texts.transfer}
        value={bytes}
        shown={format.bytes(bytes)}
        sql={sumSql(month, 'bytes', client.clientId)}
      />
    </dl>
  )
}
