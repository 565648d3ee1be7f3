import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import type { OriginalLine } from '@forbruk/schemas/rejected/original-line.ts'
import { isSameText } from '@forbruk/schemas/rejected/original-line.ts'
import { expect, test } from 'vitest'
import type { UnreadLine } from './find-unread.ts'
import { judgeReread, toWanted } from './judge-reread.ts'

const HOUR_MS = 3_600_000
const GOT_MS = Date.parse('2026-10-15T12:00:00Z')
const TEXT = '{"when":1792065600,"who":"acme"}'
const LINE: UnreadLine = {
  ...{ partition: 1, offset: 12, eventIndex: 0, reason: 'client_missing', source: 'gw1' },
  ...{ file: 'a1b2', linePosition: 300, lineBytes: TEXT.length, excerpt: makeExcerpt(TEXT) },
  detail: 'client_id is missing',
  ...{ appendTimeMs: GOT_MS, pastMaxMs: 24 * HOUR_MS, aheadMaxMs: HOUR_MS },
}
const REQUEST = {
  ...{ clientId: 'acme', integrationId: '', timeMs: GOT_MS - HOUR_MS, status: 200 },
  ...{ requestBytes: 1, responseBytes: 2 },
}
const found = (more: Partial<typeof REQUEST> = {}): OriginalLine => ({
  kind: 'found',
  parsed: { kind: 'request', ...REQUEST, ...more },
})

test('a line of the same length and shape is the same; one of another shape or length is not', () => {
  const isSame = (text: string) => isSameText(toWanted(LINE), Buffer.from(text), text.length)
  expect(isSame(TEXT)).toBe(true)
  expect(isSame(TEXT.replace('acme', 'acm9'))).toBe(false)
  expect(isSame(TEXT.replace('acme', 'acmes'))).toBe(false)
})

test('what is read is sent with its own time, which is vouched for', () => {
  const mend = { kind: 'request', request: REQUEST, timeVouched: true }
  expect(judgeReread(LINE, found(), null)).toEqual({ kind: 'mend', mend })
})

test('its time is held against when the log got the line, by the limits of its block', () => {
  const judge = (timeMs: number) => judgeReread(LINE, found({ timeMs }), null)
  expect(judge(GOT_MS - 24 * HOUR_MS).kind).toBe('mend')
  expect(judge(GOT_MS - 24 * HOUR_MS - 1)).toMatchObject({ kind: 'left', why: 'time_too_old' })
  expect(judge(GOT_MS + HOUR_MS).kind).toBe('mend')
  expect(judge(GOT_MS + HOUR_MS + 1)).toMatchObject({ kind: 'left', why: 'time_ahead' })
  const unlimited = { ...LINE, pastMaxMs: null, aheadMaxMs: null }
  expect(judgeReread(unlimited, found({ timeMs: 0 }), null).kind).toBe('mend')
})

test('what still is no request stays rejected, and says why', () => {
  const rejected = { kind: 'rejected', reason: 'client_missing', detail: 'client_id is empty' } as const
  expect(judgeReread(LINE, { kind: 'found', parsed: rejected }, null)).toEqual({
    ...{ kind: 'left', why: 'still_rejected', detail: 'client_missing: client_id is empty' },
  })
  const gone = { kind: 'left', why: 'gone', detail: 'deleted' } as const
  expect(judgeReread(LINE, gone, null)).toEqual(gone)
})

test('one that was rejected for its time is the request that it was then, in all but its time', () => {
  const stray = { ...LINE, reason: 'time_too_old' }
  const logged: RequestEvent = {
    kind: 'request',
    source: 'gw1',
    identity: { kind: 'position', file: 'a1b2', position: 300 },
    ...REQUEST,
    timeMs: 5,
  }
  expect(toWanted(stray).text).toBe(null)
  expect(judgeReread(stray, found(), logged).kind).toBe('mend')
  const other = { ...logged, responseBytes: 3 }
  expect(judgeReread(stray, found(), other)).toMatchObject({ kind: 'left', why: 'other_text' })
  expect(judgeReread(stray, found(), null)).toMatchObject({ kind: 'left', why: 'other_text' })
})
