import { expect, test } from 'vitest'
import type { Obstacle } from '../obstacles/obstacle.ts'
import type { Place } from '../progress/place.ts'
import { isResolved, type SeenFile } from './is-resolved.ts'

const LOG = '/log/a.log'
const place = (inode: string, born?: string): Place => ({ device: '1', inode, born })

function obstacle(more: Partial<Obstacle>): Obstacle {
  return {
    ...{ reason: 'damaged', path: `${LOG}.1.gz`, log: LOG, file: null, detail: 'cut off', version: 'v1' },
    ...{ sinceMs: 0, place: place('7') },
    ...more,
  }
}

function file(path: string, at: Place, name: string | null): SeenFile {
  const facts = { kind: 'file', bytes: 0, links: 1, modifiedMs: 0, version: 'v2' } as const
  return { path, facts: { ...facts, ...at }, file: name }
}

test.each<[string, boolean, Partial<Obstacle>, readonly SeenFile[]]>([
  ['it was deleted', false, {}, []],
  ['another one, known before, has its name', false, {}, [file(`${LOG}.1.gz`, place('8'), 'known')]],
  ['another one, known before, has its number', false, {}, [file(`${LOG}.2.gz`, place('7'), 'known')]],
  ['one in its place was read for the first time', true, {}, [file(`${LOG}.1.gz`, place('8'), 'new')]],
  ['it was decompressed', true, {}, [file(`${LOG}.1`, place('8'), 'new')]],
  ['what has its name is not begun', false, {}, [file(`${LOG}.1.gz`, place('8'), null)]],
  [
    'it was renamed, and the disk knows when it was made',
    true,
    { place: place('7', '90') },
    [file(`${LOG}.2.gz`, place('7', '90'), 'known')],
  ],
  [
    'another one that was made later has its number and its name',
    false,
    { place: place('7', '90') },
    [file(`${LOG}.1.gz`, place('7', '91'), 'known')],
  ],
  [
    'a log that began like another has become longer',
    true,
    { reason: 'alike', path: LOG, firstLine: 'ab' },
    [file(LOG, place('7'), 'ab-cd')],
  ],
  [
    'a log that began like another is gone, and the next one has its name',
    false,
    { reason: 'alike', path: LOG, firstLine: 'ab' },
    [file(LOG, place('8'), 'ab-ef')],
  ],
  [
    'a log that began like another is gone, and the next one has its name and number',
    false,
    { reason: 'alike', path: LOG, firstLine: 'ab' },
    [file(LOG, place('7'), 'ef')],
  ],
  [
    'of the files beside a hole one is gone',
    false,
    { reason: 'neighbour_missing', version: 'met gone', place: undefined },
    [],
  ],
  ['the files beside a hole are there', true, { reason: 'neighbour_missing', version: 'met' }, []],
  ['it is of a file whose progress tells', true, { file: 'ab' }, []],
  ['it was saved by an earlier version', true, { place: undefined }, []],
])('%s: %s', (_, expected, more, files) => {
  const seen = { files, before: new Set(['known']), hasMet: (one: string) => one === 'met' }
  expect(isResolved(obstacle(more), seen)).toBe(expected)
})
