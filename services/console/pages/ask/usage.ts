import { queryOptions } from '@tanstack/react-query'
import type { paths } from '../../client/generated/api.d.ts'
import { api, bodyOf, type Read } from './ask.ts'

type Usage = Read<'/v1/usage'>
export type UsageRow = Usage['rows'][number]

export function usageQuery(query: NonNullable<paths['/v1/usage']['get']['parameters']['query']>) {
  return queryOptions({
    queryKey: ['usage', query],
    queryFn: () => bodyOf(api.GET('/v1/usage', { params: { query } })),
  })
}

export function bytesOf({ requestBytes, responseBytes }: UsageRow): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}
