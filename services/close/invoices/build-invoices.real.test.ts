import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { REGISTRY } from '../../../test/support/close/counted-month.ts'
import {
  decideCharge,
  INVOICED_CLIENTS,
  importClients,
  invoicesOf,
} from '../../../test/support/close/invoiced-october.ts'
import { InvoicesRefusedError } from './refusal.ts'

const october = useInstallation()
const { place, close, countAll } = october

/** `name of the element: text`, all of that name in order. */
function texts(xml: string | undefined, name: string): string[] {
  return [...(xml ?? '').matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map(
    match => match[1] ?? '',
  )
}

beforeEach(async () => {
  await countAll()
  await importClients(october, INVOICED_CLIENTS)
  await close()
})

test('a first revision is invoiced to each payer: a collective invoice names the client of each line', async () => {
  const invoices = await invoicesOf(place(), 1)
  expect([...invoices.keys()]).toEqual(['byrå', 'kunde'])
  const xml = invoices.get('byrå')?.xml
  expect(texts(xml, 'cbc:ID')[0]).toBe('2026-10-r1-byrå')
  expect(texts(xml, 'cbc:LineExtensionAmount')).toEqual(['349.00', '200.00', '149.00'])
  expect(texts(xml, 'cbc:Description')).toEqual([
    'Byrå &amp; "Sønner" AS (byrå)',
    'Firma &lt;1&gt; AS (firma)',
  ])
  expect(texts(xml, 'cbc:TaxAmount')).toEqual(['87.25', '87.25'])
  expect(texts(xml, 'cbc:PayableAmount')).toEqual(['436.25'])
})

test('what is only proposed is on no invoice', async () => {
  const invoices = await invoicesOf(place(), 1)
  expect(texts(invoices.get('kunde')?.xml, 'cbc:LineExtensionAmount')).toEqual(['149.00', '149.00'])
})

test('is dated where the tariff is, and due as the seller says', async () => {
  // The clock stands at 23:00 UTC on 1 November.
  const xml = (await invoicesOf(place(), 1)).get('kunde')?.xml
  expect(texts(xml, 'cbc:IssueDate')).toEqual(['2026-11-02'])
  expect(texts(xml, 'cbc:DueDate')).toEqual(['2026-11-16'])
  expect(texts(xml, 'cbc:StartDate')).toEqual(['2026-10-01', '2026-10-01'])
  expect(texts(xml, 'cbc:EndDate')).toEqual(['2026-10-31', '2026-10-31'])
})

test('written again it is the same document', async () => {
  expect(await invoicesOf(place(), 1)).toEqual(await invoicesOf(place(), 1))
})

describe('a later revision', () => {
  test('is invoiced by what it asks for on top, and names the document before', async () => {
    await decideCharge(place(), 'firma/2026-10')
    await close()
    const invoices = await invoicesOf(place(), 2)
    expect([...invoices.keys()]).toEqual(['byrå'])
    const xml = invoices.get('byrå')?.xml
    expect(invoices.get('byrå')?.kind).toBe('invoice')
    expect(texts(xml, 'cbc:InvoicedQuantity')).toEqual(['1'])
    expect(texts(xml, 'cbc:PriceAmount')).toEqual(['0.017'])
    expect(texts(xml, 'cbc:PayableAmount')).toEqual(['0.03'])
    expect(xml).toMatch(/<cac:BillingReference>\s*<cac:InvoiceDocumentReference>\s*<cbc:ID>2026-10-r1-byrå</)
  })

  test('has an agreed amount as one of itself', async () => {
    await decideCharge(place(), 'firma/2026-10', '0.01')
    await close()
    await decideCharge(place(), 'kunde/2026-10', '1000.5')
    await close()
    const xml = (await invoicesOf(place(), 3)).get('kunde')?.xml
    expect(texts(xml, 'cbc:InvoicedQuantity')).toEqual(['1'])
    expect(texts(xml, 'cbc:PriceAmount')).toEqual(['1000.5'])
    expect(texts(xml, 'cbc:LineExtensionAmount')).toEqual(['1000.50', '1000.50'])
  })

  test('that gives back is a credit note', async () => {
    const activations = REGISTRY['activations.csv'].replace('kunde,shop,2026-10-31,\n', '')
    await importClients(october, INVOICED_CLIENTS, { 'activations.csv': activations })
    await close({ accept: ['registry'] })
    const invoices = await invoicesOf(place(), 2)
    expect([...invoices.keys()]).toEqual(['kunde'])
    const { kind, xml } = invoices.get('kunde') ?? { kind: null, xml: '' }
    expect(kind).toBe('credit_note')
    expect(xml).toMatch(/^<\?xml [^>]*\?>\s*<CreditNote /)
    expect(texts(xml, 'cbc:CreditedQuantity')).toEqual(['1'])
    expect(texts(xml, 'cbc:PayableAmount')).toEqual(['186.25'])
  })

  test('in which a client has another payer gives back to the one and asks the other', async () => {
    const own = INVOICED_CLIENTS.replace('byrå,yes,,,,,,', 'byrå,no,310000043,,,,,NO')
    await importClients(october, own)
    await close({ accept: ['registry'] })
    const invoices = [...(await invoicesOf(place(), 2)).values()]
    expect(invoices.map(({ kind, number, xml }) => [kind, number, texts(xml, 'cbc:PayableAmount')])).toEqual([
      ['credit_note', '2026-10-r2-byrå', ['186.25']],
      ['invoice', '2026-10-r2-firma', ['186.25']],
    ])
    expect(invoices[1]?.xml).not.toContain('BillingReference')
  })
})

describe('a payer that lacks something', () => {
  const bare = INVOICED_CLIENTS.replace('310000027,Kari', ',').replace('310000035,,,,,NO', '310000035,,,,,')

  beforeEach(() => importClients(october, bare))

  test('is refused, all of them by name and with what to fill in', async () => {
    const refused = await invoicesOf(place(), 1).catch(error => error)
    expect(refused).toBeInstanceOf(InvoicesRefusedError)
    expect(refused.message).toBe(
      '2026-10 r1 is not invoiced: 2 of its payers lack what an EHF must say. ' +
        'Fill in these columns of clients.csv and import the registry again:\n' +
        '  Byrå & "Sønner" AS (byrå): organisation_number or electronic_address\n' +
        '  Kunde, stor (kunde): country',
    )
  })

  test('can be filled in after the close, which is no reason for another revision', async () => {
    await importClients(october, INVOICED_CLIENTS.replace('Storgata 2', 'Lillegata 3'))
    expect(texts((await invoicesOf(place(), 1)).get('byrå')?.xml, 'cbc:StreetName')[1]).toBe('Lillegata 3')
    expect(await close()).toMatchObject({ outcome: 'unchanged', revision: 1 })
  })

  test('does not matter where nothing is asked of it', async () => {
    await importClients(
      october,
      bare.replace('kunde,"Kunde, stor",byrå,no,310000035,,,,,', 'kunde,K,byrå,no,310000035,,,,,NO'),
    )
    await decideCharge(place(), 'kunde/2026-10')
    await close({ accept: ['registry'] })
    expect([...(await invoicesOf(place(), 2)).keys()]).toEqual(['kunde'])
  })
})
