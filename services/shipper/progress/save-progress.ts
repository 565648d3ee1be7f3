import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isMarkedId, NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { z } from 'zod'
import { obstacleShape, settledShape } from '../obstacles/obstacle.ts'
import { messageOf, ShipError } from '../obstacles/ship-error.ts'
import { placeShape } from './place.ts'
import type { SourceProgress } from './source-progress.ts'

const count = z.int().min(0)
const knownStart = z.object({
  file: z.string().min(1),
  lineDigests: z.array(z.string()).default([]),
  place: placeShape.nullable().default(null),
})
const fileProgress = knownStart.extend({
  path: z.string().min(1),
  format: z.string().min(1),
  position: count,
  lastLine: z.object({ position: count, bytes: count, digest: z.string() }).nullable(),
  partitionCounts: z.array(count),
  highestMs: count.nullable(),
  modifiedMs: z.number().min(0),
  done: z.boolean(),
  livePlace: placeShape.nullable().default(null),
  header: z.string().optional(),
  sentElsewhere: z.boolean().optional(),
  isOpenEnded: z.boolean().optional(),
  wasGone: z.boolean().optional(),
})
const logProgress = z.object({
  path: z.string().min(1),
  before: z.array(knownStart),
  looked: z.record(z.string(), z.string()),
})
const toldShape = z.object({
  total: count,
  listed: z.array(z.object({ reason: z.string(), path: z.string(), sinceMs: count }).readonly()).readonly(),
})
const instanceShape = z.object({ id: z.string().refine(isMarkedId), wasUnnamed: z.boolean() }).readonly()
/** Version 1 knew nothing but its files' first lines and positions; what it lacks is filled in as they are met. */
const sourceProgress = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  source: z.string(),
  partitionCount: count,
  throughMs: count.nullable(),
  unmarked: z.array(z.string()),
  files: z.array(fileProgress),
  logs: z.array(logProgress).default([]),
  obstacles: z.array(obstacleShape).default([]),
  settled: z.array(settledShape).default([]),
  told: toldShape.default(NO_OBSTACLES),
  instance: instanceShape.nullable().default(null),
  sequence: count.default(0),
})

/** Where a source's progress lies. */
export function progressPath(stateDir: string, source: string): string {
  return join(stateDir, `${toFileName(source)}.json`)
}

/** Where the lock lies by which one shipper at a time has the progress. */
export function lockPath(stateDir: string, source: string): string {
  return join(stateDir, `${toFileName(source)}.lock`)
}

/** The names of sources may hold what names of files may not. */
function toFileName(source: string): string {
  const name = encodeURIComponent(source)
  return name.length <= 120
    ? name
    : `${name.slice(0, 100)}-${createHash('sha256').update(source).digest('hex').slice(0, 16)}`
}

export function makeStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ShipError(`${stateDir}: can't be made to keep the progress in: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * The saved progress of a source, null when there is none. A topic may have got partitions since: what was begun before
 * keeps its own number. Throws ShipError when it is of another log or can't be read.
 */
export async function loadProgress(
  path: string,
  source: string,
  partitionCount: number,
): Promise<SourceProgress | null> {
  const saved = await readProgress(path, source)
  if (saved === null) return null
  const most = Math.max(saved.partitionCount, ...saved.files.map(file => file.partitionCounts.length))
  if (most > partitionCount) {
    throw new ShipError(
      `${path}: was made with a log of ${most} partitions, and this one has ${partitionCount}; ` +
        'lines already shipped would be counted again. ' +
        'Use the log it was made with, or another source name for new files',
    )
  }
  return saved
}

/** Null when nothing was saved. Throws ShipError when it is another source's or can't be read. */
export async function readProgress(path: string, source: string): Promise<SourceProgress | null> {
  const text = await readIfThere(path)
  if (text === null) return null
  const { version: _, ...saved } = parseProgress(path, text)
  if (saved.source !== source) {
    throw new ShipError(
      `${path}: is the progress of the source ${JSON.stringify(saved.source)}, not of ${JSON.stringify(source)}; ` +
        'choose a name that differs in more than upper and lower case',
    )
  }
  return saved
}

/** What is saved of every other source in the folder. Throws ShipError for what can't be read. */
export async function readOtherProgress(stateDir: string, source: string): Promise<SourceProgress[]> {
  const names = (await readdir(stateDir)).filter(name => name.endsWith('.json'))
  const found: SourceProgress[] = []
  for (const path of names.map(name => join(stateDir, name))) {
    const text = await readIfThere(path)
    if (text === null) continue
    const { version: _, ...saved } = parseProgress(path, text)
    if (saved.source !== source) found.push(saved)
  }
  return found
}

function parseProgress(path: string, text: string): z.infer<typeof sourceProgress> {
  try {
    return sourceProgress.parse(JSON.parse(text))
  } catch (error) {
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)
    throw new ShipError(
      `${path}: is not the progress of a source (${found}); remove it to ship the files from their start: ` +
        'what was shipped before is recognised and counted once',
      { cause: error },
    )
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new ShipError(`${path}: can't be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Replaces the saved progress: after a crash at any moment either the old or the new is there, whole. */
export async function saveProgress(path: string, progress: SourceProgress): Promise<void> {
  const text = `${JSON.stringify({ version: 2, ...progress }, null, 1)}\n`
  try {
    await writeDurably(`${path}.tmp`, text)
    await rename(`${path}.tmp`, path)
    await syncFolder(join(path, '..'))
  } catch (error) {
    throw new ShipError(`${path}: the progress can't be saved: ${messageOf(error)}`, { cause: error })
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
