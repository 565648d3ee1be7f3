import type { EventLog, OutgoingRecord } from '@forbruk/infra/log/event-log.ts'
import { followFiles } from '../../../services/shipper/follow.ts'
import { type SourceProgress, startSource } from '../../../services/shipper/progress/source-progress.ts'
import { AppendFailedError } from '../../../services/shipper/send/send-batches.ts'
import { Shipment, type ShipmentSettings } from '../../../services/shipper/send/shipment.ts'
import { Killed, never } from '../files/killed.ts'
import { openSimulatedLog, PARTITION_COUNT } from '../files/simulated-log.ts'
import { NUMBERED } from '../files/written-lines.ts'
import { Random } from '../random.ts'
import { Violation } from '../violation.ts'
import { Host, LOG, nameOf } from './host.ts'
import { toOld } from './old-release.ts'
import { type Mutation, VouchedLog } from './vouched-log.ts'

const SOURCE = 'gateway'
const START_MS = Date.UTC(2026, 9, 1)
/** They are run one after the other. */
const BEHIND_MS_MAX = 800_000
const SETTLINGS_MAX = 4

type Outcome =
  | { readonly kind: 'complete' | 'settled' }
  | { readonly kind: 'violated'; readonly reason: string }

/** One run, from its seed alone. */
export async function simulateInstances(
  seed: number,
  mutation: Mutation = {},
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const world = new InstancesWorld(seed, mutation, trace)
  try {
    return await world.run()
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { kind: 'violated', reason: error.message }
  }
}

class InstancesWorld {
  readonly #random: Random
  readonly #trace: (line: string) => void
  readonly #log: VouchedLog
  readonly #hosts: Host[] = []
  #nowMs = START_MS
  #ids = 0
  #isQuiet = false
  #settlings = 0

  constructor(seed: number, mutation: Mutation, trace: (line: string) => void) {
    this.#random = new Random(seed)
    this.#trace = trace
    this.#log = new VouchedLog(mutation)
    for (let hosts = this.#random.between(1, 2); hosts > 0; hosts--) this.#addHost(null)
    const [first] = this.#hosts
    if (first !== undefined) first.isOld = this.#random.chance(0.4)
  }

  async run(): Promise<Outcome> {
    for (let rounds = this.#random.between(4, 12); rounds > 0; rounds--) {
      const host = this.#random.pick(this.#hosts)
      if (!host.isGone) await this.#runShipper(host, this.#random.between(1, 8))
      for (let acts = this.#random.between(0, 3); acts > 0; acts--) this.#act()
    }
    this.#isQuiet = true
    await this.#runAll()
    await this.#settleAll()
    return this.#judgeEnd()
  }

  #addHost(saved: SourceProgress | null): Host {
    const host = new Host(this.#hosts.length + 1, this.#random, () => this.#nowMs, saved)
    this.#hosts.push(host)
    host.gateway.writeLines(this.#random.between(0, 3))
    return host
  }

  /** Something happens to a host whose shipper doesn't run. */
  #act(): void {
    this.#nowMs += this.#random.pick([1_000, 60_000, 3_600_000])
    const host = this.#random.pick(this.#hosts)
    const name = this.#random.pick(ACTIONS)
    this.#trace(`${name} ${host.name}`)
    if (host.isGone) return
    switch (name) {
      case 'write':
        host.gateway.writeLines(this.#random.between(1, 4))
        return
      case 'rotate':
        // What was rotated before a shipper was there is left alone.
        if (host.isHeard || host.saved !== null) host.rotate()
        return
      case 'wipe':
        // The old release has no word for it: its marks would vouch for what the new progress has not seen.
        host.isOld = false
        host.saved = null
        // Of what was begun without a word nobody knows that it is lost.
        if (!host.isHeard) host.giveUp()
        return
      case 'upgrade':
        host.isOld = false
        return
      case 'scrap':
        if (this.#hosts.length > 1) host.isGone = true
        return
      case 'retire':
        this.#retire(host)
        return
      case 'add':
        if (this.#hosts.length < 4) this.#addHost(null)
        return
      case 'copy':
        if (this.#hosts.length === 4 || host.isOld || host.saved === null) return
        this.#addHost(host.saved).isCopied = true
        host.isCopied = true
        // A progress that goes on elsewhere was moved, for all that anybody can know before it is heard twice.
        host.isHeard = false
    }
  }

  async #runAll(): Promise<void> {
    for (const host of this.#hosts.filter(({ isGone }) => !isGone)) {
      // Of an empty log nothing is said.
      host.gateway.writeLines(1)
      await this.#runShipper(host, 14)
    }
  }

  async #runShipper(host: Host, pausesMax: number): Promise<void> {
    const stop = new AbortController()
    let isOver = false
    let end: (error: unknown) => void = () => undefined
    const ended = new Promise<never>((_, reject) => {
      end = reject
    })
    const die = (error: unknown) => {
      end(error)
      return never()
    }
    const turn = async (): Promise<void> => {
      if (isOver) return never()
      if (!this.#isQuiet && !host.isCopied && this.#random.chance(0.004)) return die(new Killed())
    }
    const saved = host.saved ?? startSource(SOURCE, PARTITION_COUNT)
    const shipment = new Shipment(this.#settings(host, stop.signal, turn, die), saved)
    let pauses = 0
    const pause = async () => {
      if (isOver) return never()
      this.#pass()
      pauses += 1
      if (pauses >= pausesMax) stop.abort()
    }
    const options = {
      signal: stop.signal,
      onProgress: () => undefined,
      pollMs: 250,
      retireAfterMs: 1_000,
      pause,
    }
    try {
      await Promise.race([followFiles(shipment, [LOG], options), ended])
    } catch (error) {
      if (!(error instanceof Killed || error instanceof AppendFailedError)) throw error
    } finally {
      isOver = true
      host.disk.closeAll()
    }
    this.#trace(`${host.name} stops; complete through ${this.#seconds(this.#log.throughMs)}`)
  }

  #settings(
    host: Host,
    signal: AbortSignal,
    turn: () => Promise<void>,
    die: (error: unknown) => Promise<never>,
  ): ShipmentSettings {
    const known = host.saved
    const { id, wasUnnamed } = known?.instance ?? { id: this.#newId(), wasUnnamed: known !== null }
    this.#trace(`${host.name} starts as ${host.isOld ? 'unnamed' : id}`)
    return {
      log: this.#openLog(host, turn, die),
      format: NUMBERED,
      source: SOURCE,
      instance: { id, wasUnnamed, host: host.name, run: this.#newId() },
      folders: [],
      files: host.disk.files(turn),
      clock: () => this.#nowMs,
      markEveryMs: 10_000,
      retry: {
        attemptsMax: Number.POSITIVE_INFINITY,
        firstDelayMs: 0,
        signal,
        onWarning: this.#trace,
        pause: turn,
      },
      readOthers: async () => [],
      save: async progress => {
        await turn()
        host.saved = host.isOld ? { ...progress, instance: null, sequence: 0 } : progress
        await turn()
      },
    }
  }

  #openLog(host: Host, turn: () => Promise<void>, die: (error: unknown) => Promise<never>): EventLog {
    const counted = {
      take: (records: readonly OutgoingRecord[]) => {
        this.#log.take(host.isOld ? records.flatMap(toOld) : records, host, this.#nowMs)
        this.#judge()
      },
    }
    const fault = async () => {
      await turn()
      if (this.#isQuiet || host.isCopied || !this.#random.chance(0.02)) return 'none'
      return this.#random.pick(['before', 'after'] as const)
    }
    return openSimulatedLog(counted, fault, die)
  }

  #pass(): void {
    this.#nowMs += this.#isQuiet ? 12_000 : this.#random.pick([250, 2_000, 12_000, 700_000])
    if (this.#isQuiet) return
    for (const host of this.#hosts)
      if (!host.isGone && this.#random.chance(0.5)) host.gateway.writeLines(this.#random.between(1, 3))
  }

  /** No month is closed before every line is in that any host had to send of which anybody has heard. */
  #judge(): void {
    const throughMs = this.#log.throughMs ?? 0
    for (const host of this.#hosts.filter(({ isHeard }) => isHeard)) {
      const unseen = host.missing.find(line => line.vouchedMs <= throughMs)
      if (unseen === undefined) continue
      const of = `line ${unseen.number} of ${this.#seconds(unseen.vouchedMs)}`
      throw new Violation(`complete through ${this.#seconds(throughMs)}, and ${of} is missing`)
    }
  }

  /** A person looks at what stands still, takes a copied shipper out of use, and gives up what is lost. */
  async #settleAll(): Promise<void> {
    for (let round = 0; round < SETTLINGS_MAX; round++) {
      for (const host of this.#hosts) host.giveUpObstacles()
      const live = new Set(this.#hosts.filter(({ isGone }) => !isGone).map(nameOf))
      for (const { instance, copies } of this.#log.heard) {
        const isCopied = copies > (this.#log.settled.get(instance)?.copies ?? 0)
        if (live.has(instance) && !isCopied) continue
        for (const host of this.#hosts.filter(host => nameOf(host) === instance).slice(1)) this.#scrap(host)
        this.#settle(instance)
      }
      await this.#runAll()
    }
  }

  #scrap(host: Host): void {
    host.isGone = true
    host.giveUp()
  }

  /** A person takes it for gone; it may come back. */
  #retire(host: Host): void {
    const name = nameOf(host)
    if (name === undefined || host.isCopied || this.#log.heard.every(each => each.instance !== name)) return
    host.giveUp()
    host.isHeard = false
    this.#log.settle(name)
  }

  /** What was in the way of being sent is given up by it, on every host: whose it was nobody can tell any more. */
  #settle(instance: string): void {
    if (this.#log.isSettled(instance)) return
    this.#settlings += 1
    this.#trace(`settles ${instance}`)
    for (const host of this.#hosts) host.giveUp()
    this.#log.settle(instance)
  }

  #judgeEnd(): Outcome {
    this.#judge()
    const shippers = this.#hosts.filter(({ isGone, isHeard }) => !isGone && isHeard)
    const behindMs = this.#nowMs - (this.#log.throughMs ?? 0)
    if (shippers.length > 0 && behindMs > BEHIND_MS_MAX)
      throw new Violation(`all is settled, and the source is ${behindMs} ms behind`)
    return { kind: this.#settlings > 0 ? 'settled' : 'complete' }
  }

  #newId(): string {
    this.#ids += 1
    return String(this.#ids).padStart(8, '0')
  }

  #seconds(timeMs: number | null): string {
    return timeMs === null ? 'nothing' : `${(timeMs - START_MS) / 1_000} s`
  }
}

const ACTIONS = [
  ...['write', 'write', 'write', 'rotate', 'rotate', 'wipe', 'upgrade', 'scrap', 'retire', 'add', 'copy'],
] as const
