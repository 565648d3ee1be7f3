import { Link } from '@tanstack/react-router'
import { createColumnHelper, rowSortingFeature, tableFeatures } from '@tanstack/react-table'
import { useMemo } from 'react'
import { type ClientMonth, isPast } from '../../ask/clients.ts'
import { Share } from '../../parts/share.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { clientsTexts } from './texts.ts'

export const FEATURES = tableFeatures({ rowSortingFeature })
const helper = createColumnHelper<typeof FEATURES, ClientMonth>()

/** The columns' ids are what the list can be sorted by. */
export function useColumns() {
  const texts = useTexts(clientsTexts)
  const { format } = useReader()
  return useMemo(() => {
    const { heads } = texts
    return helper.columns([
      helper.accessor('name', {
        id: 'name',
        header: heads.name,
        cell: ({ row: { original } }) => (
          <Link
            to="/clients/$clientId"
            params={{ clientId: original.clientId }}
            className="truncated"
            title={original.name ?? original.clientId}
            dir="auto"
            data-row
          >
            <data value={original.clientId}>{original.name ?? original.clientId}</data>
          </Link>
        ),
      }),
      helper.accessor('payerName', {
        id: 'payer',
        header: heads.payer,
        cell: ({ row: { original } }) => (
          <span className="truncated soft" dir="auto">
            {original.payerId === original.clientId
              ? texts.itself
              : (original.payerName ?? original.payerId ?? '–')}
          </span>
        ),
      }),
      helper.display({
        id: 'days',
        enableSorting: false,
        header: heads.days,
        cell: ({ row: { original } }) => <Sparkline values={original.requestsByDay} />,
      }),
      helper.accessor('requests', {
        id: 'requests',
        header: heads.requests,
        cell: ({ row: { original } }) => (
          <data value={original.requests}>{format.count(original.requests)}</data>
        ),
      }),
      helper.accessor('responseBytes', {
        id: 'bytes',
        header: heads.bytes,
        cell: ({ row: { original } }) => {
          const bytes = String(BigInt(original.requestBytes) + BigInt(original.responseBytes))
          return <data value={bytes}>{format.bytes(bytes)}</data>
        },
      }),
      helper.accessor('percent', {
        id: 'share',
        header: heads.share,
        cell: ({ row: { original } }) => <Share {...largerOf(original)} />,
      }),
    ])
  }, [texts, format])
}

/** Of both allowances, what the list is sorted by. */
function largerOf({ percent, crossings }: ClientMonth) {
  const measure = Number(percent?.bytes ?? 0) > Number(percent?.requests ?? 0) ? 'bytes' : 'requests'
  return { percent: percent?.[measure] ?? null, isOver: isPast(crossings[measure]) }
}
