import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type OverviewAnswer, overviewQuery } from '../../ask/overview.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer } from '../../parts/answer.tsx'
import { Figure } from '../../parts/figure.tsx'
import { MonthPicker } from '../../parts/month-picker.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { sumSql } from '../../sql/usage.ts'
import { MonthBars } from './month-bars.tsx'
import { Near } from './near.tsx'
import { State, Waits } from './state.tsx'
import { overviewTexts } from './texts.ts'

const route = getRouteApi('/')

export default function OverviewPage() {
  const texts = useTexts(overviewTexts)
  const navigate = route.useNavigate()
  const month = useMonth(route.useSearch().month)
  const query = useQuery({
    ...overviewQuery(month ?? ''),
    enabled: month !== null,
    // It is looked at while the month goes on.
    refetchInterval: 60_000,
  })
  return (
    <>
      <div className="head">
        <h1>{texts.title}</h1>
        {month === null ? null : (
          <MonthPicker
            month={month}
            onChoose={chosen => navigate({ search: { month: chosen }, resetScroll: false })}
          />
        )}
      </div>
      <Answer query={query} height={1_000}>
        {answer => (
          <>
            <Totals answer={answer} />
            <MonthBars usage={answer.usage} before={answer.before} />
            <Near answer={answer} />
            <div className="beside">
              <State {...answer} />
              <Waits {...answer} />
            </div>
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
    if (compared === null || before === null) return texts.firstDay
    const [now, then] = [figureOf(compared.usage), figureOf(compared.before)]
    const month = format.month(before.month)
    if (then === 0n || now > then * BigInt(CHANGE_TOLD_MAX)) return texts.against(show(String(then)), month)
    const change = format.change(Number(now - then) / Number(then))
    return asOf >= to ? texts.allOf(change, month) : texts.sameDays(change, String(compared.days), month)
  }
  return (
    <dl className="figures">
      <Figure
        label={texts.requests}
        value={usage.total.requests}
        shown={format.count(usage.total.requests)}
        note={noteOf(sums => BigInt(sums.requests), format.count)}
        sql={sumSql(usage.month, 'requests')}
      />
      <Figure
        label={texts.transfer}
        value={bytes}
        shown={format.bytes(bytes)}
        note={noteOf(bytesOf, format.bytes)}
        sql={sumSql(usage.month, 'bytes')}
      />
    </dl>
  )
}

function bytesOf({ requestBytes, responseBytes }: Sums): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}
