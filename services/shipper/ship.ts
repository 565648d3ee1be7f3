import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { isName } from '@forbruk/schemas/event/check-request.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import { isPlain } from '@forbruk/schemas/text/plain-text.ts'
import { diskFiles } from './files/log-files.ts'
import { followFiles } from './follow.ts'
import { explainFileError, messageOf, ShipError } from './obstacles/ship-error.ts'
import { tellHost } from './obstacles/tell-obstacles.ts'
import { lockSource } from './progress/lock-source.ts'
import {
  loadProgress,
  lockPath,
  makeStateDir,
  progressPath,
  readOtherProgress,
  saveProgress,
} from './progress/save-progress.ts'
import { type SourceProgress, startSource } from './progress/source-progress.ts'
import { SharedFileError } from './recognise/find-shared.ts'
import { Tail } from './send/read-tail.ts'
import { AppendFailedError } from './send/send-batches.ts'
import { type FileSummary, type ShipProgress, type ShipSummary, summarise } from './send/ship-summary.ts'
import { Shipment } from './send/shipment.ts'
import { keptAs, raiseUnfinished, reopenGrown, STDIN, shipOneByOne } from './ship-one-by-one.ts'

export type ShipOptions = {
  readonly log: EventLog
  readonly format: GatewayFormat
  /** The log stream's name, which stays the same for as long as there is that gateway instance. */
  readonly source: string
  /** Paths; `-` is standard input. Followed ones may have folders beside them, in which rotated files lie too. */
  readonly files: readonly string[]
  readonly follow: boolean
  /** The folder that keeps how far each source has come. */
  readonly stateDir: string
  /** What this machine calls itself: marks tell it to the person who looks for their shipper. */
  readonly host: string
  /** Random: 8 to 64 hex digits, other ones each time. */
  readonly newId: () => string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly onProgress?: (progress: ShipProgress) => void
  /** Something the operator should see, though shipping goes on. */
  readonly onWarning?: (message: string) => void
  /** Stops in good order: what was read is appended, marked and saved. */
  readonly signal?: AbortSignal
  readonly stdin?: Readable
  readonly timing?: Partial<ShipTiming>
}

type ShipTiming = {
  readonly pollMs: number
  readonly markEveryMs: number
  readonly retireAfterMs: number
  readonly firstRetryMs: number
}

const TIMING: ShipTiming = { pollMs: 250, markEveryMs: 10_000, retireAfterMs: 30_000, firstRetryMs: 500 }
const APPEND_ATTEMPTS_MAX = 6

/**
 * Ships log files to the event log, each from where an earlier run stopped. Without `follow` to their ends; with it
 * until `signal` aborts. A line that can't be read is shipped as a rejected line, never left out.
 *
 * @throws ShipError when a file or the log can't be used. What was acknowledged until then is saved.
 */
export async function ship(options: ShipOptions): Promise<ShipSummary> {
  checkOptions(options)
  const { source, format, log, stateDir, signal = new AbortController().signal } = options
  const { paths, folders } = await splitPaths(options)
  const timing = { ...TIMING, ...options.timing }
  makeStateDir(stateDir)
  const path = progressPath(stateDir, source)
  const unlock = lockSource(lockPath(stateDir, source), source)
  try {
    const known = await loadProgress(path, source, log.partitionCount)
    const saved = known ?? startSource(source, log.partitionCount)
    // One that was shipped from before has given marks already, without an id.
    const { id, wasUnnamed } = saved.instance ?? { id: options.newId(), wasUnnamed: known !== null }
    const instance = { id, wasUnnamed, host: tellHost(options.host), run: options.newId() }
    const retry = {
      attemptsMax: options.follow ? Number.POSITIVE_INFINITY : APPEND_ATTEMPTS_MAX,
      firstDelayMs: timing.firstRetryMs,
      signal,
      onWarning: options.onWarning ?? (() => undefined),
    }
    const { clock } = options
    const save = (progress: SourceProgress) => saveProgress(path, progress)
    const readOthers = () => readOtherProgress(stateDir, source)
    const shipment = new Shipment(
      {
        log,
        format,
        source,
        instance,
        files: diskFiles,
        folders,
        clock,
        markEveryMs: timing.markEveryMs,
        retry,
        save,
        readOthers,
      },
      saved,
    )
    const files = await shipFiles(shipment, { ...options, files: paths }, { ...timing, signal })
    return summarise(source, format.name, files, shipment.obstacles.standing, signal.aborted)
  } finally {
    unlock()
  }
}

type Run = ShipTiming & { readonly signal: AbortSignal }

async function shipFiles(
  shipment: Shipment,
  options: ShipOptions,
  run: Run,
): Promise<readonly FileSummary[]> {
  const { files: paths } = options
  const onProgress = options.onProgress ?? (() => undefined)
  try {
    if (options.follow && !paths.includes(STDIN)) {
      const given = new Set(paths.map(keptAs))
      await checkFollowed(shipment, paths)
      shipment.known.reopen(({ path }) => given.has(path))
      await reopenGrown(shipment)
      raiseUnfinished(shipment, path => given.has(path))
      return await followFiles(shipment, paths, { ...run, onProgress })
    }
    return await shipOneByOne(shipment, options, { ...run, onProgress })
  } catch (error) {
    throw await saveAfterFailure(shipment, error)
  }
}

/** Whatever failed, what the log has acknowledged needn't be sent again. */
async function saveAfterFailure(shipment: Shipment, error: unknown): Promise<unknown> {
  // What was read of it must not be sent with the next marks.
  if (error instanceof SharedFileError) return error
  if (error instanceof AppendFailedError) {
    const advice = await shipment.save().then(() => SAVED, describeUnsaved)
    return new ShipError(`${error.message.replace(/\.$/, '')}. ${advice}`, { cause: error })
  }
  // A file failed: the whole lines before that are still on their way.
  await shipment.checkpoint(null).catch(() => shipment.save())
  return error
}

const SAVED = 'What was acknowledged before is saved: ship again, and it goes on from there'

/** A full disk fails both: what failed first is the cause, and must not give way to this. */
function describeUnsaved(error: unknown): string {
  return `How far that came is not saved (${messageOf(error)}): ship again, and what is sent twice counts once`
}

function checkOptions({ source, files, follow }: ShipOptions): void {
  if (!isName(source) || !isPlain(source)) {
    throw new ShipError(
      `the source ${JSON.stringify(source.slice(0, 40))} is no name; expected 1 to 256 characters without control ` +
        'characters, such as gateway-1/access',
    )
  }
  if (files.length === 0)
    throw new ShipError('there is no file to ship; expected a path, or - for standard input')
  if (follow && files.includes(STDIN) && files.length > 1) {
    throw new ShipError('standard input (-) was given beside files to follow; follow one or the other')
  }
}

/** What is followed, and the folders in which rotated files lie as well. */
async function splitPaths({ files, follow }: Pick<ShipOptions, 'files' | 'follow'>) {
  const paths: string[] = []
  const folders: string[] = []
  for (const path of new Set(files)) {
    const kind = follow && path !== STDIN ? await kindOf(path) : 'file'
    if (kind === 'directory') folders.push(resolve(path))
    else if (path.endsWith('/')) throw new ShipError(`${path}: there is no such folder`)
    else paths.push(path)
  }
  if (paths.length === 0)
    throw new ShipError(`${folders.join(', ')}: is a directory; give the log that is followed as well`)
  return { paths, folders }
}

async function kindOf(path: string) {
  try {
    return (await diskFiles.facts(path))?.kind
  } catch (error) {
    throw explainFileError(path, error)
  }
}

async function checkFollowed(shipment: Shipment, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const options = { path, log: path, isLive: true, isElsewhere: () => false }
    await (await Tail.open(shipment, options))?.close()
  }
}

/** The folder in a data folder in which shippers keep their progress. */
export function shipperStateDir(dataDir: string): string {
  return join(dataDir, 'shipper')
}
