import { expect, test } from 'vitest'
import { mayVisit, pagesOf, startOf } from './may-visit.ts'

const nobody = { clientId: null, partnerId: null, roles: ['reader' as const] }
const admin = { ...nobody, roles: ['admin' as const] }
const client = { ...nobody, clientId: 'byrå 1' }
const partner = { ...nobody, partnerId: 'byrå' }

test('who sees one client begins at its page, and gets no other client’s', () => {
  expect(startOf(client)).toMatchObject({ to: '/clients/$clientId', clientId: 'byrå 1' })
  expect(mayVisit(client, '/clients/byr%C3%A5%201')).toBe(true)
  expect(mayVisit(client, '/clients/byrå%201')).toBe(true)
  expect(mayVisit(client, '/months')).toBe(true)
  for (const path of [
    '/',
    '/clients',
    '/clients/byr%C3%A5',
    '/clients/byr%C3%A5%2012',
    '/dialogue',
    '/access',
  ])
    expect([path, mayVisit(client, path)]).toEqual([path, false])
})

test('who sees a partner’s clients begins with their list', () => {
  expect(startOf(partner).to).toBe('/clients')
  expect(mayVisit(partner, '/clients/anybody')).toBe(true)
  expect(mayVisit(partner, '/pipeline')).toBe(false)
})

test('who may use the console is an administrator’s page', () => {
  expect(pagesOf(nobody).map(({ to }) => to)).not.toContain('/access')
  expect(mayVisit(nobody, '/access')).toBe(false)
  expect(mayVisit(admin, '/access')).toBe(true)
  expect(mayVisit(nobody, '/dialogue/firma%2F2026-10')).toBe(true)
})
