import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type OverviewAnswer, overviewQuery } from '../../ask/overview.ts'
import { tariffQuery } from '../../ask/tariff.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer } from '../../parts/answer.tsx'
import { Figure } from '../../parts/figure.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { termsOf } from '../../sql/allowances.ts'
import { comparedSql } from '../../sql/usage.ts'
import { MonthBars } from './month-bars.tsx'
import { Near } from './near.tsx'
import { State, Waits } from './state.tsx'
import { overviewTexts } from './texts.ts'

const route = getRouteApi('/')

export default function OverviewPage() {
  const texts = useTexts(overviewTexts)
  const { language } = useReader()
  const navigate = route.useNavigate()
  const month = useMonth(route.useSearch().month)
  const query = useQuery({
    ...overviewQuery(month ?? ''),
    enabled: month !== null,
    // It is looked at while the month goes on.
    refetchInterval: 60_000,
  })
  const tariff = useQuery({ ...tariffQuery(month ?? '', language), enabled: month !== null })
  return (
    <>
      <PageHead
        title={texts.title}
        month={month}
        onChoose={chosen => navigate({ search: { month: chosen }, resetScroll: false })}
      />
      <Answer query={query} height={1_000}>
        {answer => (
          <>
            <Totals answer={answer} />
            <MonthBars usage={answer.usage} before={answer.before} />
            {tariff.isPending ? null : <Near answer={answer} terms={termsOf(answer, tariff.data?.version)} />}
            {tariff.isPending ? null : (
              <div className="beside">
                <State {...answer} />
                <Waits {...answer} />
              </div>
            )}
          </>
        )}
      </Answer>
    </>
  )
}

type Sums = OverviewAnswer['usage']['total']

/** Beyond it a change says less than the figure before. */
const CHANGE_TOLD_MAX = 10

function Totals({ answer }: { readonly answer: OverviewAnswer }) {
  const texts = useTexts(overviewTexts)
  const { format } = useReader()
  const { usage, compared, before, asOf, to } = answer
  const bytes = String(bytesOf(usage.total))
  const noteOf = (figureOf: (sums: Sums) => bigint, show: (figure: string) => string) => {
    if (before === null) return ''
    if (compared === null) return texts.firstDay
    const [now, then] = [figureOf(compared.usage), figureOf(compared.before)]
    const [month, shown] = [format.month(before.month), show(String(then))]
    const isTold = then !== 0n && now <= then * BigInt(CHANGE_TOLD_MAX)
    const change = isTold ? `${format.change(Number(now - then) / Number(then))} ` : ''
    const against =
      asOf >= to ? texts.against(shown, month) : texts.sameDays(shown, String(compared.days), month)
    return <data value={String(then)}>{`${change}${against}`}</data>
  }
  const days = compared === null || before === null ? null : compared.days
  return (
    <dl className="figures">
      <Figure
        label={texts.requests}
        value={usage.total.requests}
        shown={format.count(usage.total.requests)}
        note={noteOf(sums => BigInt(sums.requests), format.count)}
        sql={comparedSql(usage.month, 'requests', days)}
      />
      <Figure
        label={texts.transfer}
        value={bytes}
        shown={format.bytes(bytes)}
        note={noteOf(bytesOf, format.bytes)}
        sql={comparedSql(usage.month, 'bytes', days)}
      />
    </dl>
  )
}

function bytesOf({ requestBytes, responseBytes }: Sums): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}
