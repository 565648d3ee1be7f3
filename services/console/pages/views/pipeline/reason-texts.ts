import type { ReasonCode } from '../../ask/settle.ts'

type Words = Readonly<Record<ReasonCode, string>>

/** Why an event could not be counted, in words; the code beside them is what commands and SQL call it. */
const en: Words = {
  line_too_long: 'the line is longer than any log line',
  line_not_utf8: 'the line is no UTF-8 text',
  line_not_json: 'the line is no JSON',
  line_not_combined: 'the line is not in the combined format',
  line_truncated: 'the line breaks off',
  field_missing: 'a field that the format needs is not there',
  client_missing: 'it names no client',
  client_invalid: 'what it names can’t be a client',
  client_unauthenticated: 'the gateway has not checked who the client is',
  integration_invalid: 'what it names can’t be an integration',
  time_invalid: 'its time can’t be read',
  status_invalid: 'its status is none of HTTP',
  bytes_invalid: 'its size is no number of bytes',
  record_empty: 'the record is empty',
  record_too_large: 'the record is too large',
  schema_unknown: 'its schema is not known',
  avro_malformed: 'it is no Avro of its schema',
  json_malformed: 'it is no JSON',
  event_malformed: 'it is no request event',
  source_invalid: 'it names no source',
  identity_invalid: 'nothing tells it from other events',
  time_too_old: 'its time is too long before it came',
  time_ahead: 'its time is after it came',
  control_unsigned: 'it says how to count, and nobody has signed it',
  signature_invalid: 'its signature is not of this installation',
}

const nb: Words = {
  line_too_long: 'linjen er lengre enn noen logglinje',
  line_not_utf8: 'linjen er ikke UTF-8-tekst',
  line_not_json: 'linjen er ikke JSON',
  line_not_combined: 'linjen er ikke i formatet combined',
  line_truncated: 'linjen er avbrutt',
  field_missing: 'et felt som formatet trenger, mangler',
  client_missing: 'den oppgir ingen kunde',
  client_invalid: 'det den oppgir, kan ikke være en kunde',
  client_unauthenticated: 'gatewayen har ikke kontrollert hvem kunden er',
  integration_invalid: 'det den oppgir, kan ikke være en integrasjon',
  time_invalid: 'tiden kan ikke leses',
  status_invalid: 'statusen finnes ikke i HTTP',
  bytes_invalid: 'størrelsen er ikke et antall byte',
  record_empty: 'posten er tom',
  record_too_large: 'posten er for stor',
  schema_unknown: 'skjemaet er ukjent',
  avro_malformed: 'den er ikke Avro etter skjemaet',
  json_malformed: 'den er ikke JSON',
  event_malformed: 'den er ikke en hendelse om en forespørsel',
  source_invalid: 'den oppgir ingen kilde',
  identity_invalid: 'ingenting skiller den fra andre hendelser',
  time_too_old: 'tiden er for lenge før den kom',
  time_ahead: 'tiden er etter at den kom',
  control_unsigned: 'den sier hvordan det skal telles, og ingen har signert den',
  signature_invalid: 'signaturen er ikke fra denne installasjonen',
}

export const reasonTexts: Readonly<Record<'en' | 'nb', Readonly<Record<string, string>>>> = { en, nb }
