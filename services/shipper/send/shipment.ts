import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { LogFiles } from '../files/log-files.ts'
import { type FoundObstacle, Obstacles } from '../obstacles/obstacles.ts'
import { ShipError } from '../obstacles/ship-error.ts'
import { tellObstacles } from '../obstacles/tell-obstacles.ts'
import { type FileProgress, type LiveFile, startProgress } from '../progress/file-progress.ts'
import { KnownFiles } from '../progress/known-files.ts'
import type { LogProgress, SourceProgress } from '../progress/source-progress.ts'
import { NO_FILE } from '../progress/to-marks.ts'
import { findShared } from '../recognise/find-shared.ts'
import { ChosenPartitions } from './chosen-partitions.ts'
import { Marker, type MarkerSettings } from './marker.ts'
import { BatchSender, type RetryPolicy } from './send-batches.ts'

export type ShipmentSettings = MarkerSettings & {
  readonly log: EventLog
  readonly format: GatewayFormat
  readonly files: LogFiles
  /** Where rotated files are looked for, besides the folder that their log lies in. */
  readonly folders: readonly string[]
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly markEveryMs: number
  readonly retry: RetryPolicy
  /** Resolves when it will be found after any crash. */
  readonly save: (progress: SourceProgress) => Promise<void>
  /** What is saved of the other sources that are shipped from here. */
  readonly readOthers: () => Promise<readonly SourceProgress[]>
}

const BATCHES_PER_CHECKPOINT = 50

/**
 * What is on its way from one source to the log, and how far each of its files has come. The order holds everything
 * together: that a file was begun is saved before its first line is sent, so that no crash forgets it. Lines are
 * appended, then acknowledged, then saved, and only then marked: a mark never says more than is saved. A crash between
 * any two sends the same lines again, with the same identities and totals.
 */
export class Shipment {
  readonly settings: ShipmentSettings
  readonly obstacles: Obstacles
  readonly known: KnownFiles
  readonly #sender: BatchSender
  readonly #marker: Marker
  readonly #moved = new Set<LiveFile>()
  /** Shipped further than the last mark in the log says. */
  readonly #unmarked: Set<string>
  readonly #logs: Map<string, LogProgress>
  readonly #partitions = new ChosenPartitions()
  #latestFile: string | null
  #logsChanged = false
  #batches = 0
  #checkpointMs: number

  constructor(settings: ShipmentSettings, saved: SourceProgress) {
    this.settings = settings
    this.obstacles = new Obstacles(saved, settings.clock, settings.retry.onWarning)
    this.known = new KnownFiles(saved)
    this.#sender = new BatchSender(settings.log, settings.retry)
    this.#marker = new Marker(settings, saved)
    this.#unmarked = new Set(saved.unmarked)
    this.#logs = new Map(saved.logs.map(log => [log.path, log]))
    this.#latestFile = saved.files.at(-1)?.file ?? null
    this.#checkpointMs = settings.clock()
  }

  /** The latest time of any event shipped from this source, or null. */
  get highestMs(): number | null {
    return latest([this.#marker.throughMs, ...this.known.all.map(file => file.highestMs)])
  }

  /**
   * Goes on with a file, or begins it. Until it is closed nobody else may.
   * @param behind what it begins with is this one's, and was given up: it is read from where that was shipped through
   */
  open(file: string, path: string, behind: FileProgress | null = null): LiveFile {
    const { format } = this.settings
    const known = this.known.progressOf(file)
    if (known !== undefined && known.format !== format.name && known.position > 0) {
      throw new ShipError(
        `${path}: was begun as ${known.format} and can't go on as ${format.name}; give the format it was begun with`,
      )
    }
    if (this.known.isOpen(file)) throw new Error(`${path}: ${file} is being read already`)
    const begun = { ...this.#startOf(file, path), ...(behind === null ? {} : startBehind(behind)) }
    const live = this.known.open(known ?? begun)
    live.format = format.name
    live.path = path
    this.obstacles.met(file)
    return live
  }

  /** Tells what stands in the way, once. */
  raise(found: FoundObstacle): void {
    this.obstacles.raise(found)
    if (found.reason === 'gone' && found.file !== null) this.known.lose(found.file)
  }

  /** Undefined before what lies beside the log was looked at for the first time. */
  logOf(path: string): LogProgress | undefined {
    return this.#logs.get(path)
  }

  setLog(log: LogProgress): void {
    this.#logs.set(log.path, log)
    this.#logsChanged = true
  }

  send(live: LiveFile, value: Buffer, key: string): void {
    const partition = this.#partitions.of(key, live.partitionCount)
    live.countEvent(partition)
    this.#sender.add(value, partition)
  }

  /** An event says that it is from the future: its clock is broken, and it must not vouch for the days until then. */
  sawTime(live: LiveFile, timeMs: number): void {
    if (live.highestMs !== null && timeMs <= live.highestMs) return
    if (timeMs <= this.settings.clock()) live.highestMs = timeMs
  }

  /** A file's position or state has changed, so that it is to be marked and saved. */
  moved(live: LiveFile): void {
    this.#moved.add(live)
  }

  get isBatchFull(): boolean {
    return this.#sender.isFull
  }

  get isCheckpointDue(): boolean {
    const { clock, markEveryMs } = this.settings
    return this.#batches >= BATCHES_PER_CHECKPOINT || clock() - this.#checkpointMs >= markEveryMs
  }

  async flush(): Promise<void> {
    if (this.#moved.size === 0) return
    const moved = [...this.#moved]
    const progress = moved.map(live => live.snapshot())
    this.#moved.clear()
    this.#batches += 1
    await this.#saveBegun(moved)
    await this.#announce()
    await this.#sender.flush(() => {
      for (const file of progress) this.#acknowledge(file)
    })
  }

  /**
   * Before its first line each run says that it is there, and how far it had come: so nobody takes the source for
   * complete while it has lines to send, whether others ship under the same name or a person has retired it.
   */
  async #announce(): Promise<void> {
    const marker = this.#marker
    if (marker.isHeard) return
    marker.begin()
    await this.save()
    for (const [partition, mark] of marker.marksOf(this.#startOf(NO_FILE, ''), marker.told).entries())
      this.#sender.addFirst(mark, partition)
    marker.isHeard = true
  }

  /** Resolves when everything that was read is in the log. */
  async settle(): Promise<void> {
    await this.flush()
    await this.#sender.settle()
  }

  /** Files of which no line was acknowledged yet. Throws SharedFileError. */
  async #saveBegun(files: readonly LiveFile[]): Promise<void> {
    const begun = files
      .filter(({ file }) => (this.known.acknowledgedOf(file)?.position ?? 0) === 0)
      .map(({ begun, path, lineDigests, place, livePlace, sentElsewhere }) => ({
        ...begun,
        ...{ path, lineDigests, place, livePlace },
        ...(sentElsewhere ? { sentElsewhere } : {}),
      }))
    if (begun.length === 0) return
    for (const file of begun) this.#acknowledge(file)
    await this.save()
    // Once ours is saved: of two sources that begin a file at once, one at least sees the other.
    const shared = findShared(this.settings.source, begun, await this.settings.readOthers())
    if (shared === null) return
    for (const { file } of begun) this.#forget(file)
    await this.save()
    throw shared
  }

  #forget(file: string): void {
    this.known.forget(file)
    this.#unmarked.delete(file)
  }

  #startOf(file: string, path: string): FileProgress {
    return startProgress(file, path, this.settings.format.name, this.settings.log.partitionCount)
  }

  #acknowledge(progress: FileProgress): void {
    this.#unmarked.add(progress.file)
    this.#latestFile = progress.file
    const forgotten = this.known.acknowledge(progress)
    if (forgotten !== null) this.#unmarked.delete(forgotten)
  }

  /**
   * Everything up to here is in the log, is saved, and is marked there. `throughMs`: every event of the source up to
   * that time has been shipped; null when that can't be said now. While there is an obstacle it can't.
   */
  async checkpoint(throughMs: number | null): Promise<void> {
    await this.settle()
    const obstacles = tellObstacles(this.obstacles.standing)
    const isRaised =
      obstacles.total === 0 && this.#marker.raiseThrough(throughMs) && this.#latestFile !== null
    const isNews = JSON.stringify(obstacles) !== JSON.stringify(this.#marker.told)
    if (this.#unmarked.size === 0 && (isRaised || isNews)) this.#unmarked.add(this.#latestFile ?? NO_FILE)
    if (this.#unmarked.size > 0) this.#marker.begin()
    if (this.#unmarked.size > 0 || this.#logsChanged || this.obstacles.changed) await this.save()
    if (this.#unmarked.size > 0) {
      this.#marker.isHeard = true
      for (const file of this.#unmarked) this.#addMarks(file, obstacles)
      await this.#sender.flush(() => {
        this.#unmarked.clear()
        this.#marker.acknowledged(obstacles)
      })
      await this.#sender.settle()
      await this.save()
    }
    this.#batches = 0
    this.#checkpointMs = this.settings.clock()
  }

  /** Saves what the log has acknowledged. */
  async save(): Promise<void> {
    const { source, log, save } = this.settings
    this.#logsChanged = false
    this.obstacles.changed = false
    await save({
      source,
      partitionCount: log.partitionCount,
      unmarked: [...this.#unmarked],
      files: this.known.acknowledged,
      logs: [...this.#logs.values()],
      obstacles: this.obstacles.standing,
      settled: this.obstacles.settled,
      ...this.#marker.saved,
    })
  }

  #addMarks(file: string, obstacles: MarkedObstacles): void {
    const progress = file === NO_FILE ? this.#startOf(file, '') : this.known.acknowledgedOf(file)
    if (progress === undefined) return
    for (const [partition, mark] of this.#marker.marksOf(progress, obstacles).entries())
      this.#sender.add(mark, partition)
  }
}

function startBehind({ position, lastLine }: FileProgress): Pick<FileProgress, 'position' | 'lastLine'> {
  return { position, lastLine }
}

function latest(times: readonly (number | null)[]): number | null {
  return times.reduce(
    (one, other) => (one === null ? other : other === null || one > other ? one : other),
    null,
  )
}
