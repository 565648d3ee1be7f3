import { create } from 'xmlbuilder2'
import type { UblDocument } from './to-ubl.ts'

const NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd'

/** As XML. Names are escaped; a character that XML can't hold, such as a control character, becomes U+FFFD. */
export function writeUbl({ name, content }: UblDocument): string {
  const root = {
    [name]: {
      '@xmlns': `${NAMESPACE}:${name}-2`,
      '@xmlns:cac': `${NAMESPACE}:CommonAggregateComponents-2`,
      '@xmlns:cbc': `${NAMESPACE}:CommonBasicComponents-2`,
      ...content,
    },
  }
  const options = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' } as const
  return `${create(options, root).end({ prettyPrint: true })}\n`
}
