import type { Declaration } from './declaration.ts'
import { DECLARATIONS } from './declarations.ts'

type RequestIdField = Declaration['requestIds'][number] & { readonly gateway: string }

/**
 * Whose word a request id is, as each format's file says it. Only one that callers can't set may be an event's
 * identity: by another they could pass their requests off as copies of one, which count once, or make a copy look like
 * another request.
 */
export const REQUEST_ID_FIELDS: readonly RequestIdField[] = [
  ...new Map(
    DECLARATIONS.flatMap(({ gateway, requestIds }) => requestIds.map(each => ({ ...each, gateway }))).map(
      each => [`${each.gateway} ${each.field}`, each],
    ),
  ).values(),
]

/** Gateways whose logs have no request id of their own, unless somebody adds a header, which is the caller's word. */
export const WITHOUT_REQUEST_ID: readonly string[] = [
  ...new Set(DECLARATIONS.map(({ gateway }) => gateway)),
].filter(gateway => !REQUEST_ID_FIELDS.some(each => each.gateway === gateway))

/** Whether such an id may be an event's identity, in words. */
export function describeUse({ setBy, soundWhen }: RequestIdField): string {
  if (setBy === 'gateway') return 'yes'
  return soundWhen === undefined ? 'no' : `only where ${soundWhen}`
}
