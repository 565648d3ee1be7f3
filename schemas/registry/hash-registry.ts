import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Registry } from './registry.ts'

/** In the order that a canonical form has them. */
const LISTS = ['activations', 'clients', 'integrations', 'partners'] as const
const CHARACTERS_AT_A_TIME = 65_536

/** What `hashContent` comes to, entry by entry: the text of a large registry is larger than all the rest of it. */
export function hashRegistry(registry: Registry): string {
  const hash = createHash('sha256')
  let text = ''
  for (const list of LISTS) {
    text += `${list === LISTS[0] ? '{' : ','}"${list}":[`
    for (const [index, entry] of registry[list].entries()) {
      text += `${index === 0 ? '' : ','}${canonicalize(entry)}`
      if (text.length < CHARACTERS_AT_A_TIME) continue
      hash.update(text)
      text = ''
    }
    text += ']'
  }
  return hash.update(`${text}}`).digest('hex')
}
