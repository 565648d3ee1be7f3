import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REGISTRY_FILES, type RegistryFile, readRegistry } from './read-registry.ts'

import { describeRegistryFault, type Registry } from './registry.ts'

const ID_EXPECTED =
  "expected an id of 1 to 256 characters that can all be seen, in Unicode's form NFC, without spaces around it"
const NAME_EXPECTED = 'a name: text of 1 to 200 characters without control characters or spaces around it'
const RIGHT: Readonly<Record<RegistryFile, string>> = {
  'clients.csv':
    'client_id,name,partner_id,collective_invoice\nfirma,Firma AS,byrå,yes\nbyrå,"Byrå, stort",,no\n',
  'partners.csv': 'partner_id,name\nbyrå,Byrå AS\n',
  'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\nweb,Web,internal\n',
  'activations.csv':
    'client_id,integration_id,active_from,active_until\n' +
    'firma,shop,2026-03-01,\nfirma,shop,2026-01-01,2026-03-01\nfirma,web,2024-02-29,\n',
}

function read(changes: Partial<Record<RegistryFile, string | Uint8Array | null>> = {}) {
  const contents = Object.entries({ ...RIGHT, ...changes }).filter(entry => entry[1] !== null)
  return readRegistry(
    new Map(
      contents.map(([name, content]) => [
        name,
        [typeof content === 'string' ? Buffer.from(content) : (content ?? new Uint8Array())],
      ]),
    ),
  )
}

async function faultsOf(
  changes: Partial<Record<RegistryFile, string | Uint8Array | null>>,
): Promise<string[]> {
  const reading = await read(changes)
  return reading.ok ? [] : reading.faults.map(describeRegistryFault)
}

async function registryOf(changes: Partial<Record<RegistryFile, string>> = {}): Promise<Registry> {
  const reading = await read(changes)
  if (!reading.ok) throw new Error(reading.faults.map(describeRegistryFault).join('\n'))
  const { clients, partners, integrations, activations } = reading.registry
  return {
    clients: [...clients],
    partners: [...partners],
    integrations: [...integrations],
    activations: [...activations],
  }
}

const clients = (...rows: string[]) =>
  ['client_id,name,partner_id,collective_invoice', ...rows, ''].join('\n')
const activations = (...rows: string[]) =>
  ['client_id,integration_id,active_from,active_until', ...rows, ''].join('\n')

describe('a right registry', () => {
  test('is read as sorted values; activations may follow one another', async () => {
    expect(await registryOf()).toEqual({
      clients: [
        { clientId: 'byrå', name: 'Byrå, stort', partnerId: null, collectiveInvoice: false },
        { clientId: 'firma', name: 'Firma AS', partnerId: 'byrå', collectiveInvoice: true },
      ],
      partners: [{ partnerId: 'byrå', name: 'Byrå AS' }],
      integrations: [
        { integrationId: 'shop', name: 'Shop', kind: 'external' },
        { integrationId: 'web', name: 'Web', kind: 'internal' },
      ],
      activations: [
        { clientId: 'firma', integrationId: 'shop', activeFrom: '2026-01-01', activeUntil: '2026-03-01' },
        { clientId: 'firma', integrationId: 'shop', activeFrom: '2026-03-01', activeUntil: null },
        { clientId: 'firma', integrationId: 'web', activeFrom: '2024-02-29', activeUntil: null },
      ],
    })
  })

  test('may have a byte order mark, CRLF, blank lines and other column orders', async () => {
    const partners = '\ufeffname,partner_id\r\n\r\nByrå AS,byrå\r\n'
    expect(await registryOf({ 'partners.csv': partners })).toEqual(await registryOf())
  })

  test('the same rows in any order are the same registry', async () => {
    const [header = '', ...rows] = RIGHT['activations.csv'].trim().split('\n')
    const expected = await registryOf()
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async shuffled => {
        expect(await registryOf({ 'activations.csv': [header, ...shuffled].join('\n') })).toEqual(expected)
      }),
    )
  })

  test('says of a client what an invoice needs, as far as it is filled in', async () => {
    const texts = `client_id,country,name,organisation_number,partner_id,collective_invoice,street
firma,NO,Firma AS,923609016,byrå,yes,"Storgata 1, 2. etg."
byrå,,"Byrå, stort",,,no,
`
    const buyers = (await registryOf({ 'clients.csv': texts })).clients.map(each => each.buyer)
    expect(buyers).toEqual([
      undefined,
      { organisationNumber: '923609016', street: 'Storgata 1, 2. etg.', country: 'NO' },
    ])
    expect(
      await registryOf({
        'clients.csv': texts
          .replace('NO,', ',')
          .replace('923609016', '')
          .replace(/"Stor.*"/, ''),
      }),
    ).toStrictEqual(await registryOf())
  })

  test('the demonstration is one, whatever pieces it comes in', async () => {
    const folder = new URL('../../demo/registry/', import.meta.url)
    const readIn = async (piece: number) => {
      const files = REGISTRY_FILES.map(name => {
        const bytes = readFileSync(new URL(name, folder))
        const starts = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) => index * piece)
        return [name, starts.map(start => bytes.subarray(start, start + piece))] as const
      })
      const reading = await readRegistry(new Map(files))
      return reading.ok ? [...reading.registry.activations] : reading.faults.map(describeRegistryFault)
    }
    const whole = await readIn(1_000_000)
    expect(whole).toContainEqual(expect.objectContaining({ activeUntil: null }))
    for (const piece of [1, 7, 1_000]) expect(await readIn(piece)).toEqual(whole)
  })
})

const NUMBER_RULE =
  'expected nothing, or a Norwegian organisation number: nine digits, the last of which checks the others'
const ADDRESS_RULE =
  'expected nothing, or an electronic address as 0192:123456789: ' +
  'a four-digit scheme of the EAS list, a colon and the identifier'

describe('mistakes', () => {
  test.each<[string, Partial<Record<RegistryFile, string | Uint8Array | null>>, string[]]>([
    [
      'a missing file',
      { 'partners.csv': null },
      ['partners.csv: the file is missing; expected columns partner_id,name'],
    ],
    [
      'an empty file',
      { 'partners.csv': '' },
      ['partners.csv:1: the header is missing; expected partner_id,name'],
    ],
    [
      'no header',
      { 'partners.csv': 'byrå,Byrå AS\n' },
      ['partners.csv:1: "byrå,Byrå AS" is no header; expected partner_id,name'],
    ],
    [
      'another separator',
      { 'partners.csv': 'partner_id;name\nbyrå;Byrå AS\n' },
      ['partners.csv:1: "partner_id;name" is no header; expected partner_id,name, separated by commas'],
    ],
    [
      'a missing column',
      { 'partners.csv': 'partner_id\nbyrå\n' },
      ['partners.csv:1, name: the column is missing; expected partner_id,name'],
    ],
    [
      'an unknown column',
      { 'partners.csv': 'partner_id,name,phone\nbyrå,B,1\n' },
      ['partners.csv:1, phone: the column is unknown; expected partner_id,name'],
    ],
    [
      'a column twice',
      { 'partners.csv': 'partner_id,name,name\nbyrå,B,C\n' },
      ['partners.csv:1, name: the column is there twice; expected once'],
    ],
    [
      'an unknown column where others may be left out',
      { 'clients.csv': 'client_id,name,partner_id,collective_invoice,orgnr\nfirma,F,,no,1\nbyrå,B,,no,2\n' },
      [
        'clients.csv:1, orgnr: the column is unknown; expected client_id,name,partner_id,collective_invoice, ' +
          'with or without organisation_number,electronic_address,buyer_reference,street,postal_code,city,country',
      ],
    ],
    [
      'what an invoice could not be sent to',
      {
        'clients.csv': [
          'client_id,name,partner_id,collective_invoice,organisation_number,electronic_address,country',
          'firma,F,,no,923609017,0192:923609017,no',
          'byrå,B,,no,923 609 016,post@byra.no,Norge',
        ].join('\n'),
      },
      [
        `clients.csv:2, organisation_number: "923609017"; ${NUMBER_RULE}`,
        `clients.csv:2, electronic_address: "0192:923609017"; ${ADDRESS_RULE}`,
        'clients.csv:2, country: "no"; expected nothing, or a country of two capital letters, such as NO',
        `clients.csv:3, organisation_number: "923 609 016"; ${NUMBER_RULE}`,
        `clients.csv:3, electronic_address: "post@byra.no"; ${ADDRESS_RULE}`,
        'clients.csv:3, country: "Norge"; expected nothing, or a country of two capital letters, such as NO',
      ],
    ],
    [
      'too few cells',
      { 'partners.csv': 'partner_id,name\nbyrå,B\nfirma\n' },
      ['partners.csv:3: 1 cells; expected 2: partner_id,name'],
    ],
    [
      'an unclosed quote',
      { 'partners.csv': 'partner_id,name\nbyrå,"B\n' },
      [expect.stringMatching(/^partners\.csv:\d: Quote Not Closed.*expected CSV$/)],
    ],
    [
      'bad UTF-8',
      { 'partners.csv': Buffer.from('partner_id,name\nbyr\xe5,B\n', 'latin1') },
      ['partners.csv:2: the line is no UTF-8; expected UTF-8 text'],
    ],
    [
      'an unknown partner',
      { 'clients.csv': clients('firma,F,borte,no', 'byrå,B,,no') },
      ['clients.csv:2, partner_id: "borte" is unknown; expected an id from partners.csv'],
    ],
    [
      'its own partner',
      { 'clients.csv': clients('firma,F,,no', 'byrå,B,byrå,no') },
      ['clients.csv:3, partner_id: "byrå" is the client itself; expected nothing, or another'],
    ],
    [
      'a collective invoice to nobody',
      { 'clients.csv': clients('firma,F,,yes', 'byrå,B,,no') },
      [
        'clients.csv:2, collective_invoice: yes, without a partner to send it to; expected no, or a partner_id',
      ],
    ],
    [
      'neither yes nor no',
      { 'clients.csv': clients('firma,F,,ja', 'byrå,B,,no') },
      ['clients.csv:2, collective_invoice: "ja"; expected yes or no'],
    ],
    [
      'a client twice',
      { 'clients.csv': clients('firma,F,,no', 'byrå,B,,no', 'firma,G,,no') },
      ['clients.csv:4, client_id: "firma" is in line 2 already; expected once'],
    ],
    [
      'no id',
      { 'clients.csv': clients('firma,F,,no', 'byrå,B,,no', ',G,,no') },
      [`clients.csv:4, client_id: the cell is empty; ${ID_EXPECTED}`],
    ],
    [
      'spaces around an id',
      { 'clients.csv': clients('firma,F,,no', 'byrå,B,,no', '" x",G,,no') },
      [`clients.csv:4, client_id: " x"; ${ID_EXPECTED}`],
    ],
    [
      'a partner that is no client',
      { 'partners.csv': 'partner_id,name\nbyrå,B\nfremmed,F\n' },
      ['partners.csv:3, partner_id: "fremmed" is no client; expected every partner in clients.csv as well'],
    ],
    [
      'an unknown kind',
      { 'integrations.csv': 'integration_id,name,kind\nshop,S,extern\nweb,W,internal\n' },
      ['integrations.csv:2, kind: "extern"; expected one of internal, year_end, partner, external'],
    ],
    [
      'an unknown client and integration',
      { 'activations.csv': activations('ingen,intet,2026-01-01,') },
      [
        'activations.csv:2, client_id: "ingen" is unknown; expected an id from clients.csv',
        'activations.csv:2, integration_id: "intet" is unknown; expected an id from integrations.csv',
      ],
    ],
    [
      'no day of the calendar',
      { 'activations.csv': activations('firma,shop,2026-02-29,') },
      ['activations.csv:2, active_from: "2026-02-29"; expected a date as YYYY-MM-DD'],
    ],
    [
      'a date in another order',
      { 'activations.csv': activations('firma,shop,2026-01-01,01.02.2026') },
      [
        'activations.csv:2, active_until: "01.02.2026"; expected nothing while it is active, or a date as YYYY-MM-DD',
      ],
    ],
    [
      'an end that is no later',
      { 'activations.csv': activations('firma,shop,2026-01-02,2026-01-02') },
      [
        'activations.csv:2, active_until: "2026-01-02"; ' +
          'expected a date after 2026-01-02: the first day it is no longer active',
      ],
    ],
    [
      'an overlap of one day',
      { 'activations.csv': activations('firma,shop,2026-02-28,', 'firma,shop,2026-01-01,2026-03-01') },
      [
        'activations.csv:2, active_from: 2026-02-28 overlaps line 3, which ends on 2026-03-01; ' +
          'expected one activation at a time',
      ],
    ],
    [
      'an overlap with one without end',
      {
        'activations.csv': activations(
          'firma,shop,2026-01-01,',
          'firma,shop,2026-02-01,2026-02-02',
          'firma,shop,2026-05-01,',
        ),
      },
      [
        'activations.csv:3, active_from: 2026-02-01 overlaps line 2, which has no end; ' +
          'expected one activation at a time',
        'activations.csv:4, active_from: 2026-05-01 overlaps line 2, which has no end; ' +
          'expected one activation at a time',
      ],
    ],
  ])('%s', async (_what, changes, expected) => {
    expect(await faultsOf(changes)).toEqual(expected)
  })

  test('a partner can not be billed through another', async () => {
    const changes = {
      'partners.csv': 'partner_id,name\nbyrå,B\nfirma,F\n',
      'clients.csv': clients('firma,F,byrå,yes', 'byrå,B,,no'),
    }
    expect(await faultsOf(changes)).toEqual([
      'clients.csv:2, collective_invoice: yes, for a partner; expected no: a partner receives its own statement',
    ])
  })

  test('are all collected, and one file that can not be read convicts no other', async () => {
    const faults = await faultsOf({
      'clients.csv': 'x\n',
      'partners.csv': 'partner_id,name\nbyrå,\n',
      'activations.csv': activations('firma,shop,i dag,', 'firma,borte,2026-01-01,'),
    })
    expect(faults).toEqual([
      'activations.csv:2, active_from: "i dag"; expected a date as YYYY-MM-DD',
      'activations.csv:3, integration_id: "borte" is unknown; expected an id from integrations.csv',
      'clients.csv:1: "x" is no header; expected client_id,name,partner_id,collective_invoice, separated by commas',
      `partners.csv:2, name: the cell is empty; expected ${NAME_EXPECTED}`,
    ])
  })

  test('of a hundred, each is told; of very many, the first thousand and how many there are', async () => {
    const partners = (count: number) =>
      `partner_id,name\nbyrå,B\n${Array.from({ length: count }, (_, index) => `ukjent${index},U\n`).join('')}`
    const told = await faultsOf({ 'partners.csv': partners(100) })
    expect(told).toHaveLength(100)
    expect(told[99]).toMatch(/^partners\.csv:102, partner_id: "ukjent99" is no client/)

    const reading = await read({ 'partners.csv': partners(5_000) })
    expect(reading).toMatchObject({ ok: false, faultCount: 5_000 })
    expect(reading.ok ? [] : reading.faults).toHaveLength(1_000)
    expect(reading.ok ? null : reading.faults[999]).toMatchObject({ line: 1_002 })
  })

  test('quotes, CRLF and a byte order mark do not shift the line that is told', async () => {
    const partners = '\ufeff"partner_id","name"\r\n"byrå","By ""rå"" AS"\r\n\r\n"borte","B"\r\n'
    expect(await faultsOf({ 'partners.csv': partners })).toEqual([
      'partners.csv:4, partner_id: "borte" is no client; expected every partner in clients.csv as well',
    ])
  })

  test('the end of lines makes no other registry', async () => {
    const partners = 'partner_id,name\nbyrå,"Byrå, AS"\n'
    const expected = await registryOf({ 'partners.csv': partners })
    for (const end of ['\r\n', '\r']) {
      expect(await registryOf({ 'partners.csv': partners.replaceAll('\n', end) })).toEqual(expected)
    }
  })

  test('a mistake after a cell with line breaks has its right line', async () => {
    const partners = 'partner_id,name\nbyrå,"B\nC"\nborte,D\n'
    expect(await faultsOf({ 'partners.csv': partners })).toEqual([
      `partners.csv:2, name: "B\\nC"; expected ${NAME_EXPECTED}`,
      expect.stringMatching(/^partners\.csv:4, partner_id/),
    ])
  })

  test('no bytes at all make it throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...REGISTRY_FILES),
        fc.uint8Array({ maxLength: 200 }),
        async (name, bytes) => {
          expect((await read({ [name]: bytes })).ok).toBe(false)
        },
      ),
    )
  })
})
