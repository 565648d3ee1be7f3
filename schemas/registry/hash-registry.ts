import { createHash } from 'node:crypto'
import type { Buyer } from './buyer.ts'
import type { Activation, Client, Integration, Partner, RegistryRows } from './registry.ts'

const CHARACTERS_AT_A_TIME = 65_536

/**
 * What `hashContent` comes to, entry by entry: the text of a large registry is larger than all the rest of it. Lists
 * and keys stand in the order of a canonical form, in which texts are spelled as JSON.stringify does.
 */
export function hashRegistry({ activations, clients, integrations, partners }: RegistryRows): string {
  const hash = createHash('sha256')
  let text = ''
  const add = <Entry>(name: string, entries: Iterable<Entry>, spell: (entry: Entry) => string) => {
    text += `"${name}":[`
    let separator = ''
    for (const entry of entries) {
      text += separator + spell(entry)
      separator = ','
      if (text.length < CHARACTERS_AT_A_TIME) continue
      hash.update(text)
      text = ''
    }
    text += ']'
  }
  text = '{'
  add('activations', activations, spellActivation)
  text += ','
  add('clients', clients, spellClient)
  text += ','
  add('integrations', integrations, spellIntegration)
  text += ','
  add('partners', partners, spellPartner)
  return hash.update(`${text}}`).digest('hex')
}

/** Every key of an entry, so that none is forgotten. */
type Whole<Entry> = { readonly [Key in keyof Required<Entry>]: unknown }

function spellActivation({ activeFrom, activeUntil, clientId, integrationId }: Activation): string {
  return JSON.stringify({ activeFrom, activeUntil, clientId, integrationId } satisfies Whole<Activation>)
}

function spellClient({ buyer: known, clientId, collectiveInvoice, name, partnerId }: Client): string {
  const buyer = known && sortBuyer(known)
  return JSON.stringify({ buyer, clientId, collectiveInvoice, name, partnerId } satisfies Whole<Client>)
}

function sortBuyer(buyer: Buyer): Whole<Buyer> {
  const { buyerReference, city, country, electronicAddress, organisationNumber, postalCode, street } = buyer
  return { buyerReference, city, country, electronicAddress, organisationNumber, postalCode, street }
}

function spellIntegration({ integrationId, kind, name }: Integration): string {
  return JSON.stringify({ integrationId, kind, name } satisfies Whole<Integration>)
}

function spellPartner({ name, partnerId }: Partner): string {
  return JSON.stringify({ name, partnerId } satisfies Whole<Partner>)
}
