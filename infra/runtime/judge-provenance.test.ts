import { expect, test } from 'vitest'
import { judgeProvenance, type Provenance } from './judge-provenance.ts'

const LOCAL: Provenance = { host: '127.0.0.1:8123', origin: undefined, fetchSite: undefined }
const judge = (provenance: Partial<Provenance>, isLoopback = true, isForeignAllowed = false) =>
  judgeProvenance({ ...LOCAL, ...provenance }, { isLoopback, isForeignAllowed })

test.each(['localhost', 'LOCALHOST:8080', 'forbruk.localhost', '127.0.0.1', '[::1]:8123', '192.0.2.1:80'])(
  'Host %s is of this machine',
  host => expect(judge({ host })).toBeNull(),
)

test.each([
  undefined,
  '',
  'rebound.example',
  'rebound.example:8123',
  'localhost/evil',
  'localhost:8123/evil',
  'localhost?x',
  'localhost#x',
  'user@localhost',
  'localhost:',
  'localhost:123456',
  '0x1',
  '1e0',
  '1',
  '127.1',
  '0177.0.0.1',
  'evillocalhost',
  'localhost.',
  '[::1',
  '[rebound.example]',
  'a b',
  'localhost, rebound.example',
])('Host %j is refused', host => expect(judge({ host })).toMatch(/Host/))

test('elsewhere than on loopback any name will do, and none is still refused', () => {
  expect(judge({ host: 'forbruk.internal' }, false)).toBeNull()
  expect(judge({ host: 'forbruk.internal/evil' }, false)).toMatch(/Host/)
})

test.each<Partial<Provenance>>([
  { origin: 'https://elsewhere.example' },
  { origin: 'http://127.0.0.1:9999' },
  { origin: 'null' },
  { fetchSite: 'cross-site' },
  { fetchSite: 'same-site' },
  { fetchSite: 'anything' },
  { origin: 'http://127.0.0.1:8123', fetchSite: 'cross-site' },
])('%j is a page elsewhere', provenance => {
  expect(judge(provenance)).toMatch(/Origin/)
  expect(judge(provenance, false)).toMatch(/Origin/)
  expect(judge(provenance, true, true)).toBeNull()
})

test.each<Partial<Provenance>>([
  { origin: 'http://127.0.0.1:8123', fetchSite: 'same-origin' },
  { fetchSite: 'none' },
])('%j is its own page, or what a person typed', provenance => expect(judge(provenance)).toBeNull())
