import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import type { WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { diskFiles } from '../files/log-files.ts'
import { readStart } from '../progress/identify-file.ts'
import { findCandidates } from '../rotation/find-candidates.ts'
import { readAgain } from './read-again.ts'

const format = openGatewayFormat('nginx-json')
const lineOf = (number: number) =>
  `{"msec":"1792065600.${100 + number}","client_id":"acme-${number}","status":"200",` +
  '"request_length":40,"bytes_sent":60}'
const CONTENT = `${[0, 1, 2, 3].map(lineOf).join('\n')}\n`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forbruk-again-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The third line, as it was rejected. */
function want(text = lineOf(2), content = CONTENT): WantedLine {
  const file = readStart(Buffer.from(content), true)?.file ?? ''
  const position = content.indexOf(lineOf(2))
  return { file, position, text: { lineBytes: text.length, excerpt: makeExcerpt(text) }, fingerprint: null }
}
const read = (wanted: WantedLine, ...paths: string[]) =>
  readAgain([wanted], { files: diskFiles, paths, format, known: [] }).then(([original]) => original)
const FOUND = { kind: 'found', parsed: { kind: 'request', clientId: 'acme-2' } }

test('a line is read at its place, be its file renamed or compressed since', async () => {
  const path = write('access.log', CONTENT)
  expect(await read(want(), path)).toMatchObject(FOUND)
  renameSync(path, join(folder, 'access.log.1'))
  expect(await read(want(), path, join(folder, 'access.log.1'))).toMatchObject(FOUND)
  expect(await read(want(), write('access.log.2.gz', gzipSync(CONTENT)))).toMatchObject(FOUND)
})

test('beside where the source was shipped from, all that its file may be called by now is looked at', async () => {
  const live = write('access.log', 'another\n')
  const rotated = write('access.log.1.gz', gzipSync(CONTENT))
  const logs = [{ path: live, before: [], looked: {} }]
  expect((await findCandidates(diskFiles, { files: [], logs })).toSorted()).toEqual([live, rotated])
})

test('another text at the place, another file, and no file are told apart', async () => {
  const other = write('access.log', CONTENT.replace('acme-2', 'other-9'))
  expect(await read(want(), other)).toMatchObject({ kind: 'left', why: 'other_text' })
  const short = write('short.log', `${lineOf(0)}\n`)
  expect(await read(want(), short)).toMatchObject({ kind: 'left', why: 'other_text' })
  expect(await read(want(), write('else.log', `${lineOf(7)}\n${CONTENT}`))).toMatchObject({ why: 'gone' })
  expect(await read(want(), join(folder, 'none.log'))).toMatchObject({ why: 'unreadable' })
})

test('of a file that nobody here knows, no line is believed beside one that is another', async () => {
  const wanted = [want(), { ...want(lineOf(3)), position: CONTENT.indexOf(lineOf(3)) }]
  const readBoth = (path: string, more = {}) =>
    readAgain(wanted, { files: diskFiles, paths: [path], format, known: [], ...more })
  expect(await readBoth(write('access.log', CONTENT))).toMatchObject([FOUND, { kind: 'found' }])
  const other = write('other.log', CONTENT.replace('acme-3', 'x'))
  expect(await readBoth(other)).toMatchObject([
    { why: 'other_text', detail: expect.stringContaining('no line of it is believed') },
    { why: 'other_text' },
  ])
})

test('of files that begin alike and hold different lines of one shape there, none is chosen', async () => {
  const one = write('one.log', CONTENT)
  const other = write('other.log', CONTENT.replace('acme-2', 'evil-7'))
  expect(await read(want(), one, other)).toMatchObject({ kind: 'left', why: 'several_texts' })
  expect(await read(want(), one, write('copy.log', CONTENT))).toMatchObject(FOUND)
})

test('a file whose progress is known must hold what was shipped of it', async () => {
  const path = write('access.log', CONTENT)
  const { file, ...rest } = want()
  const known = {
    ...{ file, path, format: 'nginx-json', position: CONTENT.length, partitionCounts: [4], highestMs: null },
    ...{ modifiedMs: 0, done: true, lineDigests: [], place: null, livePlace: null },
    lastLine: { position: 0, bytes: 10, digest: '0000000000000000' },
  }
  const options = { files: diskFiles, paths: [path], format, known: [known] }
  expect(await readAgain([{ file, ...rest }], options)).toMatchObject([{ kind: 'left', why: 'gone' }])
})

test('a format that names its columns in the file reads them first', async () => {
  const header = '#Fields: date time cs-username sc-status sc-bytes cs-bytes time-taken'
  const line = '2026-10-15 12:00:00 acme 200 60 40 5'
  const content = `${header}\n${line}\n`
  const wanted = {
    file: readStart(Buffer.from(content), true)?.file ?? '',
    position: header.length + 1,
    text: { lineBytes: line.length, excerpt: makeExcerpt(line) },
    fingerprint: null,
  }
  const iis = openGatewayFormat('iis', { client: 'cs-username' })
  const options = { files: diskFiles, paths: [write('u_ex.log', content)], format: iis, known: [] }
  expect(await readAgain([wanted], options)).toMatchObject([
    { kind: 'found', parsed: { kind: 'request', clientId: 'acme', status: 200 } },
  ])
})
