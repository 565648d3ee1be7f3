import type { Role } from '@forbruk/schemas/access/role.ts'
import { expect, test } from 'vitest'
import { readPerson } from './read-person.ts'

const settings = {
  claim: 'groups',
  roles: new Map<string, Role>([
    ['staff', 'reader'],
    ['finance', 'closer'],
    ['controllers', 'closer'],
  ]),
}

test.each<[string, Record<string, unknown>, readonly Role[]]>([
  ['a list', { groups: ['staff', 'finance', 'controllers', 'chess'] }, ['reader', 'closer']],
  ['one text', { groups: 'finance' }, ['closer']],
  ['nothing that we know', { groups: ['chess', 'admin'] }, []],
  ['names that every object has', { groups: ['constructor', '__proto__'] }, []],
  ['no such claim', { roles: ['staff'] }, []],
  ['something else', { groups: { staff: true } }, []],
  ['a list of something else', { groups: ['staff', 1] }, []],
])('roles come of %s', (_what, claims, roles) => {
  expect(readPerson({ sub: 'u1', ...claims }, settings)?.roles).toEqual(roles)
})

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['the subject', { sub: 'u1' }, 'u1'],
  ['an address that was verified', { sub: 'u1', email: 'kari@a.no', email_verified: true }, 'u1 (kari@a.no)'],
  ['no address that the person chose', { sub: 'u1', email: 'ola@a.no', email_verified: false }, 'u1'],
  ['no address of which nothing is said', { sub: 'u1', email: 'ola@a.no' }, 'u1'],
  ['no address that shows otherwise', { sub: 'u1', email: 'a\u202eb', email_verified: true }, 'u1'],
  ['nobody without a subject', { email: 'ola@a.no' }, undefined],
  ['nobody whose subject shows otherwise', { sub: 'a\nb' }, undefined],
])('who acts is %s', (_what, claims, actor) => {
  expect(readPerson(claims, settings)?.actor).toBe(actor)
})
