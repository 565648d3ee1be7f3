import type { RequestFields } from '../../event/check-request.ts'
import type { EventIdentity } from '../../event/log-event.ts'
import { hashText } from './hash-text.ts'
import type { ScannedRequest, TextRange } from './scanned-request.ts'

/** Fills `request` from decoded fields: what the scanner passed over is counted in the same form as all others. */
export function spellRequest(fields: RequestFields, request: ScannedRequest): void {
  spellOrigin(fields, request)
  spell(fields.clientId, request.client, request)
  spell(fields.integrationId, request.integration, request)
  request.timeMs = fields.timeMs
  request.status = fields.status
  request.requestBytes = fields.requestBytes
  request.responseBytes = fields.responseBytes
  request.timeVouched = fields.timeVouched === true
}

/** Source and identity alone. */
export function spellOrigin(
  { source, identity }: { readonly source: string; readonly identity: EventIdentity },
  request: ScannedRequest,
): void {
  request.texts = new DataView(new ArrayBuffer(0))
  spell(source, request.source, request)
  request.identity = identity.kind
  switch (identity.kind) {
    case 'position':
      spell(identity.file, request.identityText, request)
      request.position = identity.position
      break
    case 'request_id':
      spell(identity.id, request.identityText, request)
      break
    case 'none':
      request.identityText.clear()
      break
  }
}

/** Appends the text to the request's own. */
function spell(text: string, range: TextRange, request: ScannedRequest): void {
  const { buffer, byteLength: start } = request.texts
  const bytes = Buffer.from(text, 'utf8')
  const joined = new Uint8Array(start + bytes.length)
  joined.set(new Uint8Array(buffer, 0, start))
  joined.set(bytes, start)
  request.texts = new DataView(joined.buffer)
  range.set(start, joined.length, hashText(bytes))
}
