import type { SqlPart } from '@forbruk/infra/ledger/usage/client-figures.ts'
import { type BillingPeriod, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import { classesNotCounted, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { isMetered } from '../rating/measure-uses.ts'

/** For a month without a registry or a tariff: nothing can be told to count. */
export const NOTHING_METERED: SqlPart = { sql: 'false', params: {} }

/** These alone, for a part of a statement that a client id is IN. */
export function clientsNamed(clientIds: readonly string[]): SqlPart {
  return { sql: '{clients:Array(String)}', params: { clients: clientIds } }
}

/**
 * Pure: what `measureUses` says of a use, as a condition of SQL on `client_id`, `integration_id` and `status_class`, so
 * that a month of a hundred thousand clients is added up where it lies. Both are tested to say the same.
 * @param clients whose uses are asked about alone, so that the registry is read of nobody else; null: everybody's
 */
export function spellMetered(
  importId: string,
  version: TariffVersion,
  period: BillingPeriod,
  clients: SqlPart | null,
): SqlPart {
  const { first, afterLast } = periodDates(period)
  const params = {
    ...clients?.params,
    registry: importId,
    metered_kinds: version.consumption.meteredKinds,
    classes_not_counted: [...classesNotCounted(version)],
    unnamed_metered: isMetered('unnamed', version),
    unknown_metered: isMetered('unknown', version),
    month_first: first,
    month_after_last: afterLast,
  }
  return { sql: spellCondition(clients === null ? '' : `AND client_id IN (${clients.sql})`), params }
}

const OF_REGISTRY = 'import_id = {registry:String}'

const METERED_INTEGRATIONS = `
SELECT integration_id FROM registry_integration
WHERE ${OF_REGISTRY} AND has({metered_kinds:Array(String)}, toString(kind))`

/** A client and an integration as one text: a set of these is made in half the time of one of pairs. */
const BOTH = `concat(toString(length(client_id)), ' ', client_id, integration_id)`

/** @param ofClients limits a `client_id`, or is empty */
function spellCondition(ofClients: string): string {
  const clients = `SELECT client_id FROM registry_client WHERE ${OF_REGISTRY} ${ofClients}`
  // What is for partners' clients alone, used by somebody who is neither a partner nor the client of one.
  const isNotOffered = `
(
    integration_id IN (SELECT integration_id FROM registry_integration WHERE ${OF_REGISTRY} AND kind = 'partner')
    AND client_id IN (${clients} AND partner_id = '')
    AND client_id NOT IN (SELECT partner_id FROM registry_partner WHERE ${OF_REGISTRY})
)`
  return `
(
    NOT has({classes_not_counted:Array(String)}, toString(status_class))
    AND client_id IN (${clients})
    AND multiIf(
        integration_id = '', {unnamed_metered:Bool},
        integration_id NOT IN (SELECT integration_id FROM registry_integration WHERE ${OF_REGISTRY}),
        {unknown_metered:Bool},
        ${BOTH} IN
        (
            SELECT ${BOTH} FROM registry_activation
            WHERE ${OF_REGISTRY} AND active_from < {month_after_last:String}
                AND (active_until = '' OR active_until > {month_first:String})
                AND integration_id IN (${METERED_INTEGRATIONS}) ${ofClients}
        )
        AND NOT ${isNotOffered}
    )
)`
}
