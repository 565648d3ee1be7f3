import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ClientAnswer, clientQuery } from '../../ask/clients.ts'
import { useSeesAll } from '../../ask/session.ts'
import { tariffQuery } from '../../ask/tariff.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer } from '../../parts/answer.tsx'
import { Figure } from '../../parts/figure.tsx'
import { MonthPicker } from '../../parts/month-picker.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { meteredSql, sumSql } from '../../sql/usage.ts'
import { Allowance } from './allowance.tsx'
import { ClientDays } from './client-days.tsx'
import { findMetered } from './find-metered.ts'
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
      <div className="head">
        <h1>{query.data?.client.name ?? clientId}</h1>
        {month === null ? null : (
          <MonthPicker
            month={month}
            onChoose={chosen =>
              navigate({
                search: before => ({ ...before, month: chosen, day: undefined }),
                resetScroll: false,
              })
            }
          />
        )}
      </div>
      <Answer query={query} height={900}>
        {answer => <Shown answer={answer} clientId={clientId} />}
      </Answer>
    </>
  )
}

function Shown({ answer, clientId }: { readonly answer: ClientAnswer; readonly clientId: string }) {
  const { language } = useReader()
  const tariff = useQuery(tariffQuery(answer.month, language))
  const seesAll = useSeesAll()
  const { client, registered, month } = answer
  const sql =
    registered === null || tariff.data === undefined
      ? undefined
      : meteredSql(month, clientId, findMetered(registered, tariff.data))
  const names = new Map(registered?.activations.map(({ integrationId, name }) => [integrationId, name]))
  return (
    <>
      <Who answer={answer} />
      <Totals answer={answer} />
      <ClientDays clientId={clientId} month={month} />
      {tariff.isPending ? null : <Allowance answer={answer} sql={sql} />}
      <div className="beside">
        <ByIntegration clientId={clientId} month={month} names={names} />
        <ByStatus clientId={clientId} month={month} />
      </div>
      <WeekHeat clientId={clientId} month={month} />
      <Statements statements={answer.statements} clientId={clientId} />
      {seesAll ? (
        <>
          <ItsCase cases={answer.cases} month={month} />
          <Prove month={month} clientId={client.clientId} statements={answer.statements} />
        </>
      ) : (
        <TakeAway month={month} clientId={client.clientId} />
      )}
    </>
  )
}

function Who({ answer: { client, registered } }: { readonly answer: ClientAnswer }) {
  const texts = useTexts(clientTexts)
  const pays = client.payerId === client.clientId ? texts.paysItself : (client.payerName ?? '–')
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
