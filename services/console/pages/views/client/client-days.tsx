import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { usageQuery } from '../../ask/usage.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import type { Measure } from '../../reader/format.ts'
import { addMonths, daysOf, isDay } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { daysSql } from '../../sql/usage.ts'
import { DayBars } from './day-bars.tsx'
import { Hours } from './hour-bars.tsx'
import { clientTexts } from './texts.ts'

const route = getRouteApi('/clients/$clientId')
const MONTHS_COMPARED = 12

/** A month day by day, beside another one if asked, and one of its days hour by hour: all by the address. */
export function ClientDays({ clientId, month }: { readonly clientId: string; readonly month: string }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const { measure = 'requests', ...search } = route.useSearch()
  // An address may have been put together by hand: a day of another month is none of this one's.
  const day = search.day?.startsWith(month) ? search.day : undefined
  const compare = search.compare === month ? undefined : search.compare
  const navigate = route.useNavigate()
  const query = useQuery(usageQuery({ month, by: 'day', client: [clientId] }))
  const other = useQuery({
    ...usageQuery({ month: compare ?? month, by: 'day', client: [clientId] }),
    enabled: compare !== undefined,
  })
  const choose = (change: Change) =>
    navigate({ search: before => ({ ...before, ...change }), resetScroll: false, replace: true })
  return (
    <>
      <Section
        title={texts.byDay}
        sql={daysSql(month, clientId)}
        aside={<Aside {...{ month, day, measure, compare, choose }} />}
      >
        <p className="soft no-print">
          {texts.pickDay} {compare === undefined ? '' : texts.compared(format.month(compare))}
        </p>
        <Answer query={query} height={265}>
          {({ rows }) =>
            rows.length === 0 ? (
              <Empty>{texts.empty}</Empty>
            ) : (
              <DayBars
                {...{ month, measure, rows }}
                compared={compare === undefined ? NONE : (other.data?.rows ?? NONE)}
                chosenDay={day}
                onPick={picked => choose({ day: picked })}
              />
            )
          }
        </Answer>
      </Section>
      {day === undefined ? null : (
        <Hours {...{ clientId, day, measure }} onClose={() => choose({ day: undefined })} />
      )}
    </>
  )
}

type Change = { day?: string | undefined; measure?: Measure; compare?: string | undefined }

const NONE: never[] = []

function Aside({
  month,
  day,
  measure,
  compare,
  choose,
}: {
  readonly month: string
  readonly day: string | undefined
  readonly measure: Measure
  readonly compare: string | undefined
  readonly choose: (change: Change) => void
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const before = Array.from({ length: MONTHS_COMPARED }, (_, index) => addMonths(month, -1 - index))
  const others = compare === undefined || before.includes(compare) ? before : [...before, compare]
  return (
    <div className="aside">
      <label>
        {texts.day}
        <select
          value={day ?? ''}
          onChange={event => choose({ day: isDay(event.target.value) ? event.target.value : undefined })}
        >
          <option value="">{texts.allDays}</option>
          {daysOf(month).map(each => (
            <option key={each} value={each}>
              {format.day(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {texts.measure}
        <select
          value={measure}
          onChange={event => choose({ measure: event.target.value === 'bytes' ? 'bytes' : 'requests' })}
        >
          <option value="requests">{texts.requests}</option>
          <option value="bytes">{texts.transfer}</option>
        </select>
      </label>
      <label>
        {texts.compareWith}
        <select
          value={compare ?? ''}
          onChange={event => choose({ compare: event.target.value === '' ? undefined : event.target.value })}
        >
          <option value="">{texts.nothing}</option>
          {others.map(other => (
            <option key={other} value={other}>
              {format.month(other)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
