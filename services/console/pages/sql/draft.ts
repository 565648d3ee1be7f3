import type { TariffVersion } from '../ask/tariff.ts'

/**
 * What a closed month comes to by a draft tariff, from its statements: what counted above the draft's allowances by its
 * prices, access by its price, and every other line as it was charged. As long as nobody has decided a case of it.
 */

const MEGABYTE_SCALE = 20
const PRICE_SCALE = 6

function ofClients(
  month: string,
  revision: number,
  { consumption, externalAccess, definitions }: TariffVersion,
) {
  const { allowance, pricePerRequest, pricePerMegabyte, overage } = consumption
  const { gigabyteBytes, megabyteBytes } = definitions
  const ofRevision = `month = '${month}' AND revision = ${revision}`
  const price = (nok: string) => `toDecimal256('${nok}', ${PRICE_SCALE})`
  const above = (used: string, included: string, scale: number) =>
    `greatest(toDecimal256(${used}, ${scale}) - toDecimal256(${included}, ${scale}), 0)`
  const bytes = `toDecimal256('${allowance.gigabytes}', ${PRICE_SCALE}) * ${gigabyteBytes}`
  const [payable, proposed] =
    overage === 'dialogue' ? ['kept_nok', 'overage_nok'] : ['kept_nok + overage_nok', 'toDecimal256(0, 2)']
  return `SELECT
    client_id, payable_nok, proposed_nok, ${payable} AS draft_payable_nok, ${proposed} AS draft_proposed_nok
  FROM
  (
    SELECT
      client_id, payable_nok, proposed_nok,
      round(${above('metered_requests', String(allowance.requests), 0)} * ${price(pricePerRequest)}, 2)
        + round(${above('metered_bytes', bytes, MEGABYTE_SCALE)} / ${megabyteBytes} * ${price(pricePerMegabyte)}, 2)
        AS overage_nok
    FROM statements
    WHERE ${ofRevision}
  ) AS stated
  LEFT JOIN
  (
    SELECT
      client_id,
      sumIf(toDecimal256(amount_nok, 2), item NOT IN ('access_external', 'overage_requests', 'overage_transfer'))
        + round(${price(externalAccess.pricePerMonth)} * countIf(item = 'access_external'), 2) AS kept_nok
    FROM statement_lines
    WHERE ${ofRevision}
    GROUP BY client_id
  ) AS lines USING (client_id)`
}

export function draftSumsSql(month: string, revision: number, version: TariffVersion): string {
  return `SELECT sum(payable_nok), sum(proposed_nok), sum(draft_payable_nok), sum(draft_proposed_nok)
FROM
(
  ${ofClients(month, revision, version)}
)`
}

export function draftClientsSql(month: string, revision: number, version: TariffVersion): string {
  return `SELECT
  payable_nok, proposed_nok, draft_payable_nok, draft_proposed_nok,
  draft_payable_nok + draft_proposed_nok - payable_nok - proposed_nok AS difference_nok
FROM
(
  ${ofClients(month, revision, version)}
)
WHERE difference_nok != 0
ORDER BY abs(difference_nok) DESC, client_id`
}
