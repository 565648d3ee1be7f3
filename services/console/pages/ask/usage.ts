import { queryOptions } from '@tanstack/react-query'
import type { paths } from '../../client/generated/api.d.ts'
import { api, bodyOf, type Read } from './ask.ts'

/** As JSON; the same can be had as files. */
type Usage = Exclude<Read<'/v1/usage'>, string>
export type UsageRow = Usage['rows'][number]

export function usageQuery(query: NonNullable<paths['/v1/usage']['get']['parameters']['query']>) {
  return queryOptions({
    queryKey: ['usage', query],
    queryFn: async (): Promise<Usage> => {
      const usage = await bodyOf(api.GET('/v1/usage', { params: { query } }))
      if (typeof usage === 'string') throw new TypeError('expected usage as JSON, got a file')
      return usage
    },
  })
}

export function bytesOf({ requestBytes, responseBytes }: UsageRow): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}
