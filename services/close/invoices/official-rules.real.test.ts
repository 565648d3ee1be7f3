import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import { afterAll, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { REGISTRY } from '../../../test/support/close/counted-month.ts'
import {
  decideCharge,
  INVOICED_CLIENTS,
  importClients,
  invoicesOf,
  SELLER,
} from '../../../test/support/close/invoiced-october.ts'
import { findEhfObstacle, validateEhf } from '../../../test/support/ehf/validate-ehf.ts'
import type { InvoiceLine } from './invoice.ts'
import type { InvoicedBuyer } from './name-buyer.ts'
import { toUbl } from './to-ubl.ts'
import { writeUbl } from './write-ubl.ts'

const obstacle = await findEhfObstacle(process.env)
if (obstacle !== null) {
  console.warn(
    `Not run: whether invoices keep the rules of EN 16931 and Peppol BIS Billing, since ${obstacle}.`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'forbruk-ehf-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the official rules say of each document, by its name: `error BR-CO-15`, warnings as well. */
async function judge(documents: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const paths = Object.entries(documents).map(([name, xml]) => {
    const path = join(folder, name)
    writeFileSync(path, xml)
    return path
  })
  const judged: Record<string, string[]> = {}
  for (const [path, rules] of await validateEhf(paths)) {
    const names = rules.map(each => basename(each.rules).replace(/UBL-(Invoice|CreditNote)/, 'UBL'))
    expect(names).toEqual(['UBL-2.1.xsd', 'CEN-EN16931-UBL.xslt', 'PEPPOL-EN16931-UBL.xslt'])
    judged[basename(path)] = rules.flatMap(each => each.findings.map(finding => finding.replace(/:.*/, '')))
  }
  return judged
}

const ABROAD: InvoicedBuyer = {
  electronicAddress: '0007:5567321707',
  reference: 'PO 7',
  organisationNumber: null,
  address: { postalCode: '111 22', city: 'Stockholm', country: 'SE' },
}
const LINE: InvoiceLine = {
  clientId: 'firma',
  clientName: 'Firma AS',
  item: 'access_external',
  terms: { kind: 'access_external' },
  quantity: '1',
  unit: 'month',
  unitPriceNok: '149',
  amountNok: '149.00',
}
const TRANSFER: Partial<InvoiceLine> = { item: 'overage_transfer', unit: 'MB', unitPriceNok: '0.017' }

function build(seller: Seller, lines: readonly Partial<InvoiceLine>[], megabyteBytes = 1_000_000): string {
  const payer = { payerId: 'nordic', payerName: 'Nordic AB', number: '2026-10-r2-nordic' }
  const dates = { month: '2026-10', revision: 2, issueDate: '2026-11-02', preceding: null }
  const whole = lines.map(each => ({ ...LINE, ...each }))
  return writeUbl(toUbl({ kind: 'invoice', ...payer, ...dates, lines: whole }, seller, ABROAD, megabyteBytes))
}

/** What a month can hardly come to, made by hand. */
const HAND_MADE = {
  'not-subject.xml': build(
    { ...SELLER, vat: { category: 'O', reason: 'Selger er ikke registrert i Merverdiavgiftsregisteret' } },
    [LINE],
  ),
  'exempt.xml': build({ ...SELLER, vat: { category: 'E', reason: 'Unntatt etter mval. § 3-6' } }, [LINE]),
  'zero-rated.xml': build({ ...SELLER, vat: { category: 'Z' } }, [LINE]),
  'fifteen-percent.xml': build({ ...SELLER, vat: { category: 'S', percent: '15' }, account: '86011117947' }, [
    LINE,
  ]),
  'many-decimals.xml': build(
    SELLER,
    [
      { ...TRANSFER, quantity: '2305813009213.69395201', amountNok: '39198821156.63' },
      { ...TRANSFER, quantity: '0.00000095367431640625', amountNok: '0.00' },
    ],
    2 ** 20,
  ),
  'moved.xml': build(SELLER, [{ quantity: '-1', amountNok: '-149.00' }, { clientId: 'kunde' }]),
  'agreed.xml': build(SELLER, [
    { item: 'overage_requests', unit: 'sum', unitPriceNok: '200.00', amountNok: '200.00' },
  ]),
}

const october = useInstallation()
const { place, close, countAll } = october

/** Four revisions of October: closed, overage decided, a client without its integration, a client that pays itself. */
async function invoiceOctober(): Promise<Record<string, string>> {
  await countAll()
  await importClients(october, INVOICED_CLIENTS)
  await close()
  await decideCharge(place(), 'firma/2026-10')
  await decideCharge(place(), 'kunde/2026-10')
  await close()
  const activations = REGISTRY['activations.csv'].replace('kunde,shop,2026-10-31,\n', '')
  await importClients(october, INVOICED_CLIENTS, { 'activations.csv': activations })
  await close({ accept: ['registry'] })
  const own = INVOICED_CLIENTS.replace('byrå,yes,,,,,,', 'byrå,no,310000043,,,,,NO')
  await importClients(october, own, { 'activations.csv': activations })
  await close({ accept: ['registry'] })
  const documents: Record<string, string> = {}
  for (const revision of [1, 2, 3, 4]) {
    for (const { number, kind, xml } of (await invoicesOf(place(), revision)).values()) {
      documents[`${number}.${kind}.xml`] = xml
    }
  }
  return documents
}

describe.skipIf(obstacle !== null)('the rules of UBL 2.1, EN 16931 and Peppol BIS Billing 3.0', () => {
  test('are kept by every document, and broken ones are found out', async () => {
    const documents: Readonly<Record<string, string>> = { ...(await invoiceOctober()), ...HAND_MADE }
    const right = documents['2026-10-r1-byrå.invoice.xml'] ?? ''
    const broken = {
      'wrong-sum.xml': right.replace('>436.25<', '>436.24<'),
      'wrong-line.xml': right.replace('>149.00<', '>149.50<'),
      'no-buyer-reference.xml': right.replace(/<cbc:BuyerReference>.*\n/, ''),
      'wrong-vat-number.xml': right.replace('NO310000019MVA', 'NO310000019'),
      'wrong-organisation-number.xml': right.replaceAll('310000027', '310000028'),
      'not-in-the-register.xml': build({ ...SELLER, foretaksregisteret: false }, [LINE]),
      // Refused by the schema of UBL, after which no rule is asked.
      'wrong-order.xml': right.replace(/(<cbc:ID>.*\n)(.*IssueDate.*\n)/, '$2$1'),
    }
    expect(Object.keys(documents)).toHaveLength(14)
    expect(await judge({ ...documents, ...broken })).toEqual({
      ...Object.fromEntries(Object.keys(documents).map(name => [name, []])),
      'wrong-sum.xml': ['fatal_error BR-CO-15', 'fatal_error BR-CO-16'],
      'wrong-line.xml': ['fatal_error BR-CO-10', 'fatal_error PEPPOL-EN16931-R120'],
      'no-buyer-reference.xml': ['fatal_error PEPPOL-EN16931-R003'],
      'wrong-vat-number.xml': ['fatal_error NO-R-001'],
      'wrong-organisation-number.xml': ['fatal_error PEPPOL-COMMON-R041', 'fatal_error PEPPOL-COMMON-R041'],
      'not-in-the-register.xml': ['warn NO-R-002'],
      'wrong-order.xml': ['error null'],
    })
  })
})
