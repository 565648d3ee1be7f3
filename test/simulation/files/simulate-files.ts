import { type FollowOptions, followFiles } from '../../../services/shipper/follow.ts'
import type { Obstacle } from '../../../services/shipper/obstacles/obstacle.ts'
import type { FileProgress } from '../../../services/shipper/progress/file-progress.ts'
import { readStart } from '../../../services/shipper/progress/identify-file.ts'
import { isSamePlace } from '../../../services/shipper/progress/place.ts'
import { type SourceProgress, startSource } from '../../../services/shipper/progress/source-progress.ts'
import { AppendFailedError } from '../../../services/shipper/send/send-batches.ts'
import { Shipment, type ShipmentSettings } from '../../../services/shipper/send/shipment.ts'
import { Random } from '../random.ts'
import { Violation } from '../violation.ts'
import { describeDisk } from './describe-disk.ts'
import { Gateway } from './gateway.ts'
import { giveUp } from './give-up.ts'
import { findFalse, judgeEnd, judgeTold } from './judge-end.ts'
import { Killed, never } from './killed.ts'
import { MayGo } from './may-go.ts'
import type { Mutation, Outcome } from './outcome.ts'
import { AWAY_FOLDER, LOG, OLD_FOLDER, Rotator, SCHEMES } from './rotator.ts'
import { describe, type Inode, SimulatedDisk } from './simulated-disk.ts'
import { type AppendFault, CountedLog, openSimulatedLog, PARTITION_COUNT } from './simulated-log.ts'
import { NUMBERED } from './written-lines.ts'

const SOURCE = 'gateway-1'
const START_MS = Date.UTC(2026, 9, 1)
const POLL_MS = 250
const PAUSES_OF_END = 14
const SETTLINGS_MAX = 4

/** One run, from its seed alone. */
export async function simulateFiles(
  seed: number,
  mutation: Mutation = {},
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const world = new FilesWorld(seed, mutation, trace)
  try {
    return await world.run()
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { kind: 'violated', reason: error.message }
  }
}

class FilesWorld {
  readonly #random: Random
  readonly #mutation: Mutation
  readonly #trace: (line: string) => void
  readonly #counted = new CountedLog()
  readonly #disk: SimulatedDisk
  readonly #gateway: Gateway
  readonly #rotator: Rotator
  #nowMs = START_MS
  #saved: SourceProgress | null = null
  /** What a right shipper would have saved. */
  #toSave: SourceProgress | null = null
  /** Of the shipper that runs: rejects when it is killed, and when a violation is found. */
  #end: (error: unknown) => void = () => undefined
  #incarnation = 0
  /** That the shipper was told to look into. */
  #folders: readonly string[]
  #running: Shipment | null = null
  /** No faults any more: what is left is to be shipped. */
  #isQuiet = false

  constructor(seed: number, mutation: Mutation, trace: (line: string) => void) {
    const clock = () => this.#nowMs
    this.#random = new Random(seed)
    this.#mutation = mutation
    this.#trace = trace
    this.#disk = new SimulatedDisk(['/log', OLD_FOLDER, AWAY_FOLDER], clock)
    this.#disk.tellsBirths = this.#random.chance(0.5)
    this.#folders = this.#random.chance(0.7) ? [AWAY_FOLDER] : []
    this.#gateway = new Gateway(this.#random, this.#disk, this.#counted, clock, LOG)
    const mayGo = new MayGo(
      this.#disk,
      this.#gateway,
      this.#counted,
      inode => this.#known(inode),
      inode => this.#isTold(inode),
    )
    this.#rotator = new Rotator({
      random: this.#random,
      disk: this.#disk,
      gateway: this.#gateway,
      scheme: this.#random.pick(SCHEMES),
      mayDelete: path => mayGo.mayDelete(path),
      // What nobody has begun can't be missed by who doesn't look where it goes.
      mayLeave: path => this.#folders.length > 0 || this.#known(this.#disk.at(path)).length > 0,
      isAllSeen: () => this.#folders.length > 0,
    })
  }

  async run(): Promise<Outcome> {
    const rounds = this.#random.between(1, 4)
    for (let round = 0; round < rounds; round++) {
      await this.#runShipper(this.#random.between(3, 20))
      const actions = this.#random.between(0, 12)
      for (let action = 0; action < actions; action++) this.#act()
    }
    this.#isQuiet = true
    this.#finishOutside()
    await this.#runShipper(PAUSES_OF_END)
    judgeTold(this.#saved, this.#counted)
    findFalse(this.#saved, this.#folders, this.#disk)
    const reasons = this.#standing.map(({ reason }) => reason)
    await this.#settleAll()
    judgeTold(this.#saved, this.#counted)
    return judgeEnd(reasons, this.#counted, this.#nowMs)
  }

  get #standing() {
    return this.#saved?.obstacles ?? []
  }

  /** A person names the folder that was not looked into, and gives up what is left. */
  async #settleAll(): Promise<void> {
    if (this.#standing.length > 0 && this.#folders.length === 0) {
      this.#folders = [AWAY_FOLDER]
      await this.#runShipper(PAUSES_OF_END)
    }
    for (let settling = 0; this.#standing.length > 0; settling++) {
      if (settling === SETTLINGS_MAX) throw new Violation(`${this.#standing[0]?.detail}: stands for ever`)
      this.#saved = giveUp(this.#saved, this.#disk, this.#gateway, this.#counted)
      this.#gateway.writeLines(2)
      await this.#runShipper(PAUSES_OF_END)
    }
  }

  async #runShipper(pausesMax: number): Promise<void> {
    const own = ++this.#incarnation
    const stop = new AbortController()
    let pauses = 0
    const ended = new Promise<never>((_, reject) => {
      this.#end = reject
    })
    this.#trace(`shipper ${own} starts`)
    const settings = this.#settings(own, stop.signal)
    const shipment = new Shipment(settings, this.#saved ?? startSource(SOURCE, PARTITION_COUNT))
    this.#mutation.shipment?.(shipment)
    this.#running = shipment
    const options: FollowOptions = {
      signal: stop.signal,
      onProgress: () => undefined,
      pollMs: POLL_MS,
      retireAfterMs: 4 * POLL_MS,
      pause: async () => {
        if (own !== this.#incarnation) return never()
        this.#pass()
        this.#trace(`  ${this.#nowMs - START_MS} ms: ${describeDisk(this.#disk, this.#gateway)}`)
        pauses += 1
        if (pauses >= pausesMax) stop.abort()
      },
    }
    try {
      await Promise.race([followFiles(shipment, [LOG], options), ended])
      this.#trace(`shipper ${own} stops`)
    } catch (error) {
      if (!(error instanceof Killed || error instanceof AppendFailedError)) throw error
      this.#trace(`shipper ${own} is killed`)
    } finally {
      this.#incarnation += 1
      this.#running = null
      this.#disk.closeAll()
    }
  }

  #settings(own: number, signal: AbortSignal): ShipmentSettings {
    const turn = () => this.#turn(own)
    const files = this.#disk.files(turn)
    const fail = (violation: unknown) => {
      this.#end(violation)
      return never()
    }
    return {
      log: openSimulatedLog(this.#counted, () => this.#turnOfLog(own), fail),
      format: NUMBERED,
      source: SOURCE,
      instance: { id: 'aaaaaaaa', wasUnnamed: false, host: 'gw-1', run: String(own).padStart(8, '0') },
      folders: this.#folders,
      files: this.#mutation.files?.(files, this.#disk) ?? files,
      clock: () => this.#mutation.clock?.(this.#nowMs) ?? this.#nowMs,
      markEveryMs: 10_000,
      retry: {
        attemptsMax: Number.POSITIVE_INFINITY,
        firstDelayMs: 0,
        signal,
        onWarning: message => this.#trace(`  warning: ${message}`),
        // By the wall clock one seed would not be one run.
        pause: turn,
      },
      readOthers: async () => [],
      save: async progress => {
        await turn()
        this.#toSave = progress
        const saved = this.#mutation.save === undefined ? progress : this.#mutation.save(progress)
        if (saved !== null) this.#saved = saved
        await turn()
      },
    }
  }

  /** Before each thing that a shipper does something else may happen, or it dies. */
  async #turn(own: number): Promise<void> {
    if (own !== this.#incarnation) return never()
    // What was rotated before a shipper was there is left alone.
    if (this.#isQuiet || this.#saved === null) return
    if (this.#random.chance(0.003)) {
      this.#end(new Killed())
      return never()
    }
    if (this.#random.chance(0.05)) this.#act()
  }

  async #turnOfLog(own: number): Promise<AppendFault> {
    await this.#turn(own)
    if (this.#isQuiet || !this.#random.chance(0.02)) return 'none'
    return this.#random.pick(['before', 'after'])
  }

  /** Time passes while a shipper waits. */
  #pass(): void {
    this.#nowMs += this.#isQuiet ? 12_000 : this.#random.pick([250, 250, 2_000, 12_000])
    if (this.#isQuiet) return
    // Nobody takes half a minute for the rest of a line.
    this.#gateway.completeLine()
    this.#rotator.finishCopy()
    const actions = this.#random.between(0, 3)
    for (let action = 0; action < actions; action++) this.#act()
  }

  #act(): void {
    this.#nowMs += this.#random.between(1, 200)
    const name = this.#random.pick(ACTIONS)
    this.#trace(`    ${name}${this.#rotator.isBusy ? ', rotating' : ''}`)
    switch (name) {
      case 'write':
        this.#gateway.writeLines(this.#random.between(1, 4))
        break
      case 'write half':
        this.#gateway.writeHalf()
        break
      case 'write late':
        this.#gateway.writeLate()
        break
      case 'rotate':
        if (this.#rotator.isBusy) this.#rotator.step()
        else this.#rotator.rotate()
        break
      case 'step':
        this.#rotator.step()
        break
      case 'compress':
        if (this.#rotator.isBusy) this.#rotator.step()
        else this.#rotator.compress()
        break
      case 'delete':
        if (!this.#rotator.isBusy && this.#random.chance(0.25)) this.#rotator.deleteOne()
        break
      case 'crash':
        if (this.#random.chance(0.5)) this.#rotator.crash()
        else this.#gateway.crash(LOG)
    }
  }

  #finishOutside(): void {
    while (this.#rotator.isBusy) this.#rotator.step()
    this.#gateway.reopen(LOG, false)
    this.#gateway.writeLines(1)
  }

  /** That nothing of it was read stands in the way, and will after the next start. */
  #isTold(inode: Inode): boolean {
    const isHere = ({ file, place }: Obstacle) => file === null && isSamePlace(place ?? null, describe(inode))
    return (this.#toSave?.obstacles ?? []).some(isHere)
  }

  /** As a shipper knows it, and will after its next start. */
  #known(inode: Inode | undefined): readonly FileProgress[] {
    const head = inode === undefined ? null : readStart(inode.content, false)
    if (inode === undefined || head === null) return []
    const saved = this.#toSave?.files ?? []
    const isHere = ({ place }: FileProgress) => isSamePlace(place, describe(inode))
    return (this.#running?.known.all ?? saved).filter(
      known =>
        known.file.startsWith(head.file) &&
        isHere(known) &&
        saved.some(one => one.file === known.file && isHere(one)),
    )
  }
}

const ACTIONS = [
  ...['write', 'write', 'write', 'write', 'write half', 'write late'],
  ...['rotate', 'step', 'step', 'step', 'compress', 'delete', 'crash'],
] as const
