import { expect, test } from 'vitest'
import { readRegistry } from './read-registry.ts'
import { describeRegistryFault } from './registry.ts'

const RIGHT: Readonly<Record<string, string>> = {
  'clients.csv': 'client_id,name,partner_id,collective_invoice\nfirma,Firma AS,byrå,yes\nbyrå,Byrå,,no\n',
  'partners.csv': 'partner_id,name\nbyrå,Byrå AS\n',
  'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\nweb,Web,internal\n',
  'activations.csv': 'client_id,integration_id,active_from,active_until\nfirma,shop,2026-03-01,\n',
}
const clients = (...rows: string[]) =>
  ['client_id,name,partner_id,collective_invoice', ...rows, ''].join('\n')

async function read(changes: Record<string, string | Iterable<Uint8Array>>) {
  const files = Object.entries({ ...RIGHT, ...changes }).map(
    ([name, content]) => [name, typeof content === 'string' ? [Buffer.from(content)] : content] as const,
  )
  return readRegistry(new Map(files))
}

async function faultsOf(changes: Record<string, string | Iterable<Uint8Array>>): Promise<string[]> {
  const reading = await read(changes)
  return reading.ok ? [] : reading.faults.map(describeRegistryFault)
}

test.each([
  ['longer than a name', 'x'.repeat(201)],
  ['of two million characters', 'x'.repeat(60_000)],
  ['that moves a cursor', 'Firma\u001b[2J'],
  ['that moves it by one character', 'Firma\u009b2J'],
  ['that shows in another order', 'Firma \u202eSA amriF'],
  ['with a line separator', 'Firma\u2028AS'],
  ['that no XML may have', 'Firma\uffff'],
])('a name %s is none, of whatever it is', async (_what, name) => {
  const changes = {
    'clients.csv': clients(`firma,${name},,no`, 'byrå,B,,no'),
    'partners.csv': `partner_id,name\nbyrå,${name}\n`,
    'integrations.csv': `integration_id,name,kind\nshop,${name},external\nweb,W,internal\n`,
  }
  expect(await faultsOf(changes)).toEqual(
    ['clients.csv:2', 'integrations.csv:2', 'partners.csv:2'].map(place =>
      expect.stringMatching(new RegExp(`^${place}, name: [\\s\\S]{1,150}expected a name: text of 1 to 200`)),
    ),
  )
})

test.each([
  ...['fir\u202ema', 'fir\u009bma', 'fir\u2066ma', 'fir\ufffema'],
  // Lines name nobody so: a client that no request is ever counted for.
  ...[
    'a\u030as',
    'fir\u034fma',
    'fir\u200bma',
    'fir\u00adma',
    '\u3164',
    'fir\u00a0ma',
    'firma\ufe0f',
    'fir\u2800ma',
  ],
])('an id has none of that: %j', async id => {
  expect(await faultsOf({ 'clients.csv': clients(`${id},F,,no`, 'firma,F,,no', 'byrå,B,,no') })).toEqual([
    expect.stringMatching(/^clients\.csv:2, client_id: .*expected an id of 1 to 256 characters/),
  ])
})

test('what has no end is given up early: a line, a cell', async () => {
  const endless = function* (piece: string) {
    for (let count = 0; count < 5_000_000; count += 1) yield Buffer.from(piece)
  }
  expect(await faultsOf({ 'partners.csv': endless('x'.repeat(1_000)) })).toEqual([
    'partners.csv:1: the line has more than 65536 bytes; expected at most so many',
  ])
  expect(await faultsOf({ 'partners.csv': endless('partner_id,name\n"') })).toEqual([
    expect.stringMatching(/^partners\.csv:\d+: .*expected CSV$/),
  ])
})

test('of very many rows that are all wrong, the first thousand mistakes are told and the others counted', async () => {
  const rows = function* () {
    yield Buffer.from('client_id,name,partner_id,collective_invoice\n')
    for (let count = 0; count < 20; count += 1) yield Buffer.from(' ,,x,y\n'.repeat(1_000))
  }
  const reading = await read({ 'clients.csv': rows(), 'activations.csv': '' })
  expect(reading).toMatchObject({ ok: false, faultCount: expect.any(Number) })
  if (reading.ok) return
  expect(reading.faults).toHaveLength(1_000)
  expect(reading.faultCount).toBeGreaterThan(100_000)
})
