import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../test/support/close/close-october.ts'
import { flushBlock, GRACE_END_MS, OCTOBER_USES, TOPIC } from '../../test/support/close/counted-month.ts'

const { place, close, rows, countAll } = useInstallation()

describe('a complete month', () => {
  beforeEach(countAll)

  test('becomes statements, lines and a close that vouches for them', async () => {
    const steps: string[] = []
    const result = await close({ onProgress: step => steps.push(step) })
    expect([...new Set(steps)]).toEqual(['gate', 'read', 'rate', 'record', 'open_cases'])
    expect(result).toMatchObject({
      outcome: 'closed',
      revision: 1,
      closedAtMs: GRACE_END_MS,
      forced: null,
      exceptions: [],
      cut: [{ partition: 0, nextOffset: 11 }],
      summary: {
        clients: 3,
        statements: 3,
        requests: '500044',
        bytes: String(2n ** 61n + 3n),
        overageRequests: { clients: 1, quantity: '1', amountNok: '0.02' },
        overageTransfer: { clients: 1, quantity: '2305842979213.693952', amountNok: '39199330646.63' },
        payableNok: '498.00',
        proposedNok: '39199330646.65',
      },
    })
    expect(
      await rows(`
        SELECT month, revision, client_id, client_name, payer_id, status, amount_nok, payable_nok, proposed_nok,
            requests, bytes, metered_requests,
            content_hash = '${result.contentHash}' AS same,
            arrayExists(each -> each LIKE '%before 429, 401 and 407 were told apart%', definitions) AS defined
        FROM statements ORDER BY client_id`),
    ).toEqual([
      {
        month: '2026-10',
        revision: 1,
        client_id: 'byrå',
        client_name: 'Byrå AS',
        payer_id: 'byrå',
        status: 'payable',
        amount_nok: '200',
        payable_nok: '200',
        proposed_nok: '0',
        requests: '0',
        bytes: '0',
        metered_requests: '0',
        same: 1,
        defined: 1,
      },
      {
        month: '2026-10',
        revision: 1,
        client_id: 'firma',
        client_name: 'Firma AS',
        payer_id: 'byrå',
        status: 'proposed',
        amount_nok: '149.02',
        payable_nok: '149',
        proposed_nok: '0.02',
        requests: '500041',
        bytes: '3',
        metered_requests: '500001',
        same: 1,
        defined: 1,
      },
      {
        month: '2026-10',
        revision: 1,
        client_id: 'kunde',
        client_name: 'Kunde, stor',
        payer_id: 'kunde',
        status: 'proposed',
        amount_nok: '39199330795.63',
        payable_nok: '149',
        proposed_nok: '39199330646.63',
        requests: '3',
        bytes: '2305843009213693952',
        metered_requests: '3',
        same: 1,
        defined: 1,
      },
    ])
    expect(
      await rows(`
        SELECT client_id, payer_id, item, integration_id, quantity, unit, unit_price_nok, amount_nok, status
        FROM statement_lines WHERE month = '2026-10' AND revision = 1 ORDER BY client_id, line`),
    ).toEqual([
      {
        client_id: 'byrå',
        payer_id: 'byrå',
        item: 'partner_tier',
        integration_id: '',
        quantity: '1',
        unit: 'month',
        unit_price_nok: '200',
        amount_nok: '200',
        status: 'payable',
      },
      {
        client_id: 'firma',
        payer_id: 'byrå',
        item: 'included',
        integration_id: 'web',
        quantity: '40',
        unit: 'request',
        unit_price_nok: '0',
        amount_nok: '0',
        status: 'payable',
      },
      {
        client_id: 'firma',
        payer_id: 'byrå',
        item: 'access_external',
        integration_id: '',
        quantity: '1',
        unit: 'month',
        unit_price_nok: '149',
        amount_nok: '149',
        status: 'payable',
      },
      {
        client_id: 'firma',
        payer_id: 'byrå',
        item: 'overage_requests',
        integration_id: '',
        quantity: '1',
        unit: 'request',
        unit_price_nok: '0.017',
        amount_nok: '0.02',
        status: 'proposed',
      },
      {
        client_id: 'kunde',
        payer_id: 'kunde',
        item: 'access_external',
        integration_id: '',
        quantity: '1',
        unit: 'month',
        unit_price_nok: '149',
        amount_nok: '149',
        status: 'payable',
      },
      {
        client_id: 'kunde',
        payer_id: 'kunde',
        item: 'overage_transfer',
        integration_id: '',
        quantity: '2305842979213.693952',
        unit: 'MB',
        unit_price_nok: '0.017',
        amount_nok: '39199330646.63',
        status: 'proposed',
      },
    ])
    expect(await rows('SELECT sum(amount_nok) AS sum FROM statement_lines')).toEqual(
      await rows('SELECT sum(amount_nok) AS sum FROM statements'),
    )
    expect(
      await rows(
        `SELECT usage.integration_id AS ids, usage.requests AS requests FROM statements WHERE client_id = 'firma'`,
      ),
    ).toEqual([{ ids: ['shop', 'web'], requests: ['500001', '40'] }])
  })

  test('the result is plain JSON', async () => {
    const result = await close()
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  test('a dry run gives the same figures and records nothing', async () => {
    const dry = await close({ dryRun: true })
    expect(dry).toMatchObject({ outcome: 'dry_run', revision: null, closedAtMs: null })
    expect(await rows('SELECT * FROM statement')).toEqual([])
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    expect((await close()).contentHash).toBe(dry.contentHash)
  })

  test('usage without a client in the registry, and rejected events, are told', async () => {
    const stranger = { client: 'fremmed', integration: 'shop', requests: 5, responseBytes: 6 }
    await flushBlock(place().store, {
      partition: 0,
      block: 1,
      nextOffset: 11,
      uses: [...OCTOBER_USES.slice(2), stranger],
    })
    const rejected = (offset: number, block: number, appendTime: string, reason: string) => ({
      stream: TOPIC,
      partition: 0,
      offset,
      event_index: 0,
      block,
      append_time: appendTime,
      reason,
      detail: '',
      source: '',
      file: '',
      position: null,
      excerpt: '',
      record_bytes: 1,
    })
    await place().store.insert('rejected_event', [
      rejected(3, 0, '2026-12-24T00:00:00Z', 'time_invalid'),
      rejected(4, 99, '2026-10-01T00:00:00Z', 'time_invalid'),
      rejected(5, 99, '2026-11-01T22:59:59.999Z', 'json_malformed'),
      rejected(6, 99, '2026-11-01T23:00:00Z', 'record_empty'),
      rejected(7, 99, '2026-09-30T21:59:59.999Z', 'record_empty'),
    ])
    const result = await close({ force: { reason: 'the rejected are known' } })
    expect(result.exceptions).toEqual([
      { kind: 'unknown_client', clientId: 'fremmed', integrationId: 'shop', requests: '5', bytes: '6' },
    ])
    expect(result.rejected).toEqual([
      expect.objectContaining({ reason: 'json_malformed', events: 1, open: 1, example: '0:5' }),
      expect.objectContaining({ reason: 'time_invalid', events: 2, open: 2, example: '0:3' }),
    ])
    const [recorded] = await rows('SELECT exceptions, rejected.reason AS reasons FROM month_closes')
    expect(recorded).toEqual({
      exceptions: JSON.stringify(result.exceptions),
      reasons: ['json_malformed', 'time_invalid'],
    })
  })
})
