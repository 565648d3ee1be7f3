import type { OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'

/** As a release from before gives marks: without an id, and none before its first line. */
export function toOld({ value, to }: OutgoingRecord): readonly OutgoingRecord[] {
  const [event] = decodeRecord(value)
  if (event?.kind !== 'mark') return [{ value, to }]
  const { instance: _, obstacles, ...mark } = event
  const told = obstacles?.total === 0 ? {} : { obstacles }
  return mark.file === '' && obstacles?.total === 0 ? [] : [{ value: encodeMark({ ...mark, ...told }), to }]
}
