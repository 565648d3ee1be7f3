import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { FileFacts } from '../files/log-files.ts'
import { type FileProgress, startProgress } from '../progress/file-progress.ts'
import { readStart, type Start } from '../progress/identify-file.ts'
import { type Holding, recognise } from './recognise-file.ts'

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('')

function start(text: string): Start {
  const found = readStart(Buffer.from(text), false)
  if (found === null) throw new Error('no line')
  return found
}

const at = (inode: string): FileFacts => ({
  kind: 'file',
  device: '1',
  inode,
  bytes: 0,
  links: 1,
  modifiedMs: 0,
  version: inode,
})

function known(text: string, inode: string | null, more: Partial<FileProgress> = {}): FileProgress {
  const place = inode === null ? null : { device: '1', inode }
  const { file, lineDigests } = start(text)
  return {
    ...startProgress(file, '/log/a', 'nginx-json', 1),
    lineDigests,
    place,
    livePlace: place,
    position: text.length,
    ...more,
  }
}

type Case = {
  isLive?: boolean
  isCompressed?: boolean
  inode?: string
  born?: string
  holds?: Holding
  isElsewhere?: boolean | null
}

async function judge(text: string, kin: readonly FileProgress[], { inode = '2', born, ...more }: Case = {}) {
  const { isLive = true, isCompressed = false, holds = 'all', isElsewhere = false } = more
  const found = await recognise(
    {
      start: start(text),
      facts: { ...at(inode), born },
      isCompressed,
      isLive,
      holds: async () => holds,
      isElsewhere: () => isElsewhere,
    },
    kin,
  )
  return found.kind === 'new' ? found.file : found.kind === 'known' ? `known ${found.holds}` : found.kind
}

const first = start(lines(0, 1)).file

test('the first file that begins with a line is called by it, as ever', async () => {
  expect(await judge(lines(0, 3), [])).toBe(first)
  expect(first).toBe(createHash('sha256').update('line 0').digest('hex').slice(0, 16))
})

test('a further one has a longer name, the same whatever else is known', async () => {
  const text = lines(0, 1) + lines(50, 60)
  const name = await judge(text, [known(lines(0, 9), '1')])
  expect(name).toMatch(new RegExp(`^${first}-[0-9a-f]{16}$`))
  expect(await judge(text, [known(lines(0, 1) + lines(20, 30), '1')])).toBe(name)
})

test.each<[string, string, FileProgress, Case, string]>([
  ['the same file that has grown', lines(0, 3), known(lines(0, 2), '2'), {}, 'known all'],
  ['a long copy', lines(0, 30), known(lines(0, 9), '1'), {}, 'known all'],
  [
    'an earlier long copy',
    lines(0, 9),
    known(lines(0, 30), '1'),
    { isLive: false, holds: 'less' },
    'known less',
  ],
  ['an earlier short one', lines(0, 3), known(lines(0, 30), '1'), { isLive: false }, 'undecided'],
  ['a log begun anew alike', lines(0, 1), known(lines(0, 30), '1'), {}, 'undecided'],
  ['a log cut short', lines(0, 1), known(lines(0, 30), '2'), {}, 'undecided'],
  ['the few lines of a file that is gone', lines(0, 3), known(lines(0, 2), '1'), {}, 'undecided'],
  [
    'the same before it was looked up',
    lines(0, 3),
    known(lines(0, 2), '1'),
    { isElsewhere: null },
    'undecided',
  ],
  [
    'a compressed short one',
    lines(0, 3),
    known(lines(0, 2), '1'),
    { isLive: false, isCompressed: true },
    'known all',
  ],
  ['another short one', lines(0, 3), known(lines(0, 2), '1'), { isLive: false }, 'undecided'],
  ['a renamed short one', lines(0, 3), known(lines(0, 2), '2'), { isLive: false }, 'known all'],
  [
    'a short one beside its like',
    lines(0, 3),
    known(lines(0, 2), '1'),
    { isLive: false, isElsewhere: true },
    'undecided',
  ],
  [
    'a short log whose number a finished one had',
    lines(0, 3),
    known(lines(0, 2), '2', { done: true }),
    {},
    'undecided',
  ],
  [
    'a short log whose number one had that was compressed',
    lines(0, 3),
    known(lines(0, 2), '2', { place: { device: '1', inode: '3' } }),
    {},
    'undecided',
  ],
  [
    'a compressed short one with more than the finished one whose number it has',
    lines(0, 3),
    known(lines(0, 2), '2', { done: true }),
    { isLive: false, isCompressed: true },
    'undecided',
  ],
  [
    'a short one that begins like one that was gone',
    lines(0, 3),
    known(lines(0, 2), '2', { wasGone: true }),
    { isLive: false },
    'undecided',
  ],
  ['a copy of one that was gone', lines(0, 30), known(lines(0, 9), '1', { wasGone: true }), {}, 'known all'],
  ['a copy of a short log that was cut to nothing', lines(0, 3), known(lines(0, 3), null), {}, 'known all'],
  ['one of an earlier version', lines(0, 3), known(lines(0, 2), null, { lineDigests: [] }), {}, 'known all'],
])('%s', async (_, text, one, more, expected) => {
  expect(await judge(text, [one], more)).toBe(expected)
})

test('where the disk knows when files were made, one that was gone is recognised by that', async () => {
  const born = (at: string) => ({ device: '1', inode: '2', born: at })
  const gone = known(lines(0, 2), '2', { wasGone: true, place: born('7'), livePlace: born('7') })
  const more = { isLive: false }
  expect(await judge(lines(0, 3), [gone], { ...more, born: '7' })).toBe('known all')
  expect(await judge(lines(0, 3), [gone], { ...more, born: '8' })).toBe('undecided')
})

test('a log that was renamed and begun anew with its only line is another', async () => {
  const found = await judge(lines(0, 1) + lines(7, 9), [known(lines(0, 1), '1')], { isElsewhere: true })
  expect(found).toMatch(new RegExp(`^${first}-`))
})

test('of several that are alike the one that agrees in most lines is it', async () => {
  const short = known(lines(0, 1), '1')
  const long = known(lines(0, 9), '3', { file: `${first}-0123456789abcdef` })
  const found = await recognise(
    {
      start: start(lines(0, 20)),
      facts: at('4'),
      isCompressed: true,
      isLive: false,
      holds: async () => 'all',
      isElsewhere: () => false,
    },
    [short, long],
  )
  expect(found).toMatchObject({ kind: 'known', known: { file: long.file } })
})
