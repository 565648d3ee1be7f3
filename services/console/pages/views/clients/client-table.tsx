import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FlexRender, type Row, useTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from 'react'
import {
  CLIENT_SORTS,
  type ClientMonth,
  type ClientsAnswer,
  type ClientsQuestion,
  readClients,
} from '../../ask/clients.ts'
import { tariffQuery } from '../../ask/tariff.ts'
import { Empty, Failure } from '../../parts/answer.tsx'
import { Sql } from '../../parts/sql.tsx'
import { useIsPrinting } from '../../parts/use-is-printing.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { clientListSql, termsOf } from '../../sql/allowances.ts'
import { FEATURES, useColumns } from './columns.tsx'
import { clientsTexts } from './texts.ts'

const route = getRouteApi('/clients')
const ROW_PIXELS = 45
const ROWS_BEYOND = 12

/** The list, of which only what is looked at is drawn, and asked for a page at a time. */
export function ClientTable({
  first,
  question,
}: {
  readonly first: ClientsAnswer
  readonly question: ClientsQuestion
}) {
  const texts = useTexts(clientsTexts)
  const { rows, total, askFor, next } = useRows(first, question)
  const place = useRef<HTMLElement>(null)
  const isPrinting = useIsPrinting()
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PIXELS,
    // Paper has all that is here, wherever the screen is scrolled to.
    overscan: isPrinting ? rows.length : ROWS_BEYOND,
    scrollMargin: place.current?.offsetTop ?? 0,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => askFor(last), [askFor, last])
  const columns = useColumns()
  const { language, format } = useReader()
  const tariff = useQuery(tariffQuery(question.month, language))
  const navigate = route.useNavigate()
  const table = useTable({
    features: FEATURES,
    columns,
    data: rows,
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: true,
    state: { sorting: [{ id: question.sort ?? 'share', desc: question.order === 'desc' }] },
    onSortingChange: change => {
      const before = [{ id: question.sort ?? 'share', desc: question.order === 'desc' }]
      const [sorting] = typeof change === 'function' ? change(before) : change
      const sort = CLIENT_SORTS.find(each => each === sorting?.id)
      const order = sorting?.desc === true ? 'desc' : 'asc'
      navigate({ search: search => ({ ...search, sort, order }), replace: true })
    },
  })
  if (rows.length === 0) return <Empty>{question.search === undefined ? texts.nothing : texts.none}</Empty>
  const all = table.getRowModel().rows
  const [top, bottom] = [shown[0]?.start ?? 0, virtual.getTotalSize()]
  const end = shown.at(-1)?.end ?? 0
  const margin = virtual.options.scrollMargin
  return (
    <div data-traced="some">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section ref={place} className="scrolls" tabIndex={0} aria-label={texts.table}>
        <table className="clients" aria-rowcount={total + 1} onKeyDown={moveFocus}>
          <Head table={table} />
          <tbody>
            <tr style={{ height: Math.max(0, top - margin) }} />
            {shown.map(({ index }) => {
              const row = all[index]
              return row === undefined ? null : (
                <ClientRow key={row.original.clientId} row={row} index={index} columns={columns} />
              )
            })}
            <tr style={{ height: Math.max(0, bottom - (end - margin)) }} />
          </tbody>
        </table>
      </section>
      {rows.length === total ? null : (
        <p className="on-paper">
          {texts.printed(format.count(String(rows.length)), format.count(String(total)))}
        </p>
      )}
      {next.error === null ? null : <Failure error={next.error} retry={next.refetch} />}
      {next.isWaiting ? <p className="empty">{texts.more(format.count(String(rows.length)))}</p> : null}
      {tariff.isPending ? null : (
        <Sql text={clientListSql(question, termsOf(first, tariff.data?.version))} of={texts.title} />
      )}
    </div>
  )
}

const NUMBERS = new Set(['requests', 'bytes', 'share'])

type ClientRowProps = {
  readonly row: Row<typeof FEATURES, ClientMonth>
  readonly index: number
  /** What its cells are drawn by: others where the reader's language is. */
  readonly columns: ReturnType<typeof useColumns>
}

/** Drawn once when it comes into sight: scrolling draws what is new, and no other row again. */
const ClientRow = memo(function ClientRow({ row, index }: ClientRowProps) {
  return (
    <tr aria-rowindex={index + 2} style={{ height: ROW_PIXELS }}>
      {row.getAllCells().map(cell => (
        <td key={cell.id} data-number={NUMBERS.has(cell.column.id) || undefined}>
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  )
})

type ClientsTable = ReturnType<typeof useTable<typeof FEATURES, ClientMonth>>

function Head({ table }: { readonly table: ClientsTable }) {
  return (
    <thead>
      {table.getHeaderGroups().map(group => (
        <tr key={group.id}>
          {group.headers.map(header => {
            const sorted = header.column.getIsSorted()
            const order = sorted === 'desc' ? 'descending' : sorted === 'asc' ? 'ascending' : undefined
            return (
              <th
                key={header.id}
                scope="col"
                aria-sort={order}
                data-number={NUMBERS.has(header.column.id) || undefined}
              >
                {header.column.getCanSort() ? (
                  <button type="button" className="sort" onClick={header.column.getToggleSortingHandler()}>
                    <table.FlexRender header={header} />
                    <span aria-hidden="true">{sorted === 'desc' ? ' ↓' : sorted === 'asc' ? ' ↑' : ''}</span>
                  </button>
                ) : (
                  <table.FlexRender header={header} />
                )}
              </th>
            )
          })}
        </tr>
      ))}
    </thead>
  )
}

/** The pages so far as one list; `askFor` brings the next one once half of what is there has gone by. */
function useRows(first: ClientsAnswer, question: ClientsQuestion) {
  const query = useInfiniteQuery({
    queryKey: ['clients', question],
    queryFn: ({ pageParam }) => readClients(question, pageParam),
    initialPageParam: '',
    getNextPageParam: page => page.next ?? undefined,
    initialData: { pages: [first], pageParams: [''] },
    staleTime: 60_000,
  })
  const { data, hasNextPage, isFetching, isError, error, fetchNextPage } = query
  const rows = useMemo(() => data.pages.flatMap(page => page.clients), [data])
  const askFor = useMemo(
    () => (index: number) => {
      // What failed is asked for again by whoever looks.
      if (hasNextPage && !isFetching && !isError && index > rows.length / 2) fetchNextPage()
    },
    [hasNextPage, isFetching, isError, fetchNextPage, rows.length],
  )
  const next = { isWaiting: hasNextPage && !isError, error, refetch: () => fetchNextPage() }
  return { rows, askFor, next, total: first.totals.clients }
}

/** From one client's link to the next: the link itself is what Enter opens. */
function moveFocus(event: KeyboardEvent<HTMLTableElement>): void {
  const step =
    event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0
  if (step === 0) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody a[data-row]')]
  const at = links.findIndex(link => link.matches(':focus'))
  const next = links[at + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
