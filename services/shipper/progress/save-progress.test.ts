import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startProgress } from './file-progress.ts'
import { lockSource } from './lock-source.ts'
import { loadProgress, progressPath, saveProgress } from './save-progress.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forbruk-progress-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const progress = {
  source: 'gateway-1',
  partitionCount: 3,
  throughMs: 1_759_269_600_000,
  unmarked: [],
  logs: [],
  obstacles: [],
  settled: [],
  told: NO_OBSTACLES,
  instance: { id: '5f2c9a01d3e84b76', wasUnnamed: true },
  sequence: 7,
  files: [startProgress('0123456789abcdef', '/var/log/access.log', 'nginx-json', 3)],
}

test('what was saved is loaded, and nothing else is left in the folder', async () => {
  const path = progressPath(folder, 'gateway-1')
  await saveProgress(path, progress)
  await saveProgress(path, progress)
  expect(await loadProgress(path, 'gateway-1', 3)).toEqual(progress)
  expect(readdirSync(folder)).toEqual([basename(path)])
})

test('what the first version saved is gone on with: the same files, names and positions', async () => {
  const path = progressPath(folder, 'gateway-1')
  const file = {
    file: '0123456789abcdef',
    path: '/var/log/access.log',
    format: 'nginx-json',
    position: 120,
    lastLine: { position: 60, bytes: 59, digest: 'fedcba9876543210' },
    partitionCounts: [1, 0, 1],
    highestMs: 1_759_269_600_000,
    modifiedMs: 1_759_269_600_001.5,
    done: false,
  }
  const first = {
    version: 1,
    source: 'gateway-1',
    partitionCount: 3,
    throughMs: 1_759_269_600_000,
    unmarked: [],
    files: [file],
  }
  writeFileSync(path, JSON.stringify(first))
  expect(await loadProgress(path, 'gateway-1', 3)).toEqual({
    ...progress,
    ...{ instance: null, sequence: 0 },
    files: [{ ...file, lineDigests: [], place: null, livePlace: null }],
  })
})

describe('progress is refused', () => {
  test('when the log has fewer partitions, and not when it has got more', async () => {
    const path = progressPath(folder, 'gateway-1')
    await saveProgress(path, progress)
    expect(await loadProgress(path, 'gateway-1', 4)).toEqual(progress)
    await expect(loadProgress(path, 'gateway-1', 2)).rejects.toThrow(
      /a log of 3 partitions, and this one has 2/,
    )
  })

  test('when it is of another source', async () => {
    const path = progressPath(folder, 'gateway-1')
    await saveProgress(path, progress)
    await expect(loadProgress(path, 'Gateway-1', 3)).rejects.toThrow(
      /is the progress of the source "gateway-1"/,
    )
  })

  test.each([['{'], ['{}'], ['{"version":3}']])('when it reads %s', async text => {
    const path = progressPath(folder, 'gateway-1')
    writeFileSync(path, text)
    await expect(loadProgress(path, 'gateway-1', 3)).rejects.toThrow(/is not the progress of a source/)
  })
})

test('every source has a file of its own in the folder, whatever it is called', () => {
  const names = ['a/b', 'a%2Fb', '..', '.', 'ø'.repeat(256), `${'ø'.repeat(255)}å`].map(source => {
    const path = progressPath(folder, source)
    expect(join(folder, basename(path))).toBe(path)
    expect(basename(path).length).toBeLessThan(200)
    return path
  })
  expect(new Set(names).size).toBe(names.length)
})

test('a source is locked until it is let go', () => {
  const path = join(folder, 'gateway-1.lock')
  const unlock = lockSource(path, 'gateway-1')
  expect(() => lockSource(path, 'gateway-1')).toThrow(
    `the source "gateway-1" is being shipped by another process (${process.pid})`,
  )
  unlock()
  lockSource(path, 'gateway-1')()
})
