import { expect, test } from 'vitest'
import {
  activation,
  client,
  decided,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { summarize } from './summarize.ts'

test('a client whose overage is decided in parts is one client', () => {
  const known = registry([client('a')], [activation('a', 'shop')])
  const decisions = new Map([['a', decided('waived', { requests: '2', requestsNok: '0.03' })]])
  const rated = rate([use('a', 'shop', REQUESTS + 20_002n)], known, PUBLISHED, decisions)
  expect(summarize(rated, known).overageRequests).toEqual({
    clients: 1,
    quantity: '20002',
    amountNok: '340.03',
  })
})
