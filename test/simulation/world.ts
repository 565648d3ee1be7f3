import type { StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { deletableTo, type Retention } from './deletable-to.ts'
import { Group } from './group.ts'
import { Growth } from './growth.ts'
import { Inserts } from './inserts.ts'
import { Invariants } from './invariants.ts'
import { assertExpectedEnd, assertExpectedHalt } from './judge-end.ts'
import { neededOffset } from './needed-offset.ts'
import type { Operation } from './operation.ts'
import { pickGeometries } from './pick-geometry.ts'
import type { Protocol } from './protocol.ts'
import { Random } from './random.ts'
import { pickElsewhere, SimulatedPartition } from './simulated-log.ts'
import { SimulatedProcess, type Surroundings } from './simulated-process.ts'
import { SimulatedStore } from './simulated-store.ts'

const START_MS = Date.UTC(2026, 10, 1)
const HOUR_MS = 3_600_000
const CLOCKS_DIFFER_MAX_MS = 6 * HOUR_MS

/** The log, the store, the group's assignments and the processes, and everything that can happen to them. */
export class World {
  readonly random: Random
  /** Of the release that began the stream, and of the one that follows it. */
  readonly geometries: readonly [StreamGeometry, StreamGeometry]
  /** The newer release is there; processes of the older one may be, too. */
  isUpgraded = false
  readonly partitions: SimulatedPartition[] = []
  readonly store = new SimulatedStore()
  readonly invariants: Invariants
  processes: SimulatedProcess[] = []
  readonly inserts: Inserts
  /** One partition's content was replaced: only refusing is right from then on. */
  isReplaced = false
  /** To which a stream of version 1 goes on first, whatever comes next. */
  readonly #unsignedVersion: StreamGeometry
  readonly #group: Group
  readonly #growth: Growth
  readonly #protocol: Protocol
  readonly #trace: (line: string) => void
  readonly #pendingRowsMax: number
  /** How long the log may be quiet. */
  readonly #pauseMaxMs: number
  #nowMs = START_MS
  readonly #everyProcess: SimulatedProcess[] = []

  constructor(seed: number, protocol: Protocol, trace: (line: string) => void) {
    this.random = new Random(seed)
    const { random } = this
    this.#protocol = protocol
    this.#trace = trace
    this.#pendingRowsMax = random.pick([0, 10, 1_000])
    this.#pauseMaxMs = random.pick([10, 12 * HOUR_MS, 48 * HOUR_MS, 240 * HOUR_MS])
    const { geometries, unsignedVersion } = pickGeometries(random)
    this.geometries = geometries
    this.#unsignedVersion = unsignedVersion
    const { blockSize, foldVersion } = geometries[0]
    for (let partition = 0; partition < random.pick([1, 1, 2, 3]); partition++) {
      const startOffset = random.chance(0.7) ? 0 : random.between(1, 3 * blockSize)
      this.partitions.push(new SimulatedPartition(partition, startOffset, foldVersion > 1, random))
    }
    this.#group = new Group(this.partitions.length)
    this.#growth = new Growth(this.geometries, this.#unsignedVersion, this.partitions, random, trace)
    this.invariants = new Invariants(this.store, this.partitions, this.#growth.ofNewPartition)
    const { store, invariants } = this
    this.inserts = new Inserts({ random, store, invariants, trace, isChecked: () => !this.isReplaced })
    trace(`${this.partitions.length} partitions, ${JSON.stringify(geometries)}`)
  }

  start(untilCaughtUp = false): SimulatedProcess {
    const surroundings: Surroundings = {
      store: this.store,
      partitions: this.partitions,
      pendingRowsMax: this.#pendingRowsMax,
      protocol: this.#protocol,
      nowMs: () => this.#nowMs,
      unsignedVersion: this.#unsignedVersion,
    }
    const isNewer = this.isUpgraded && (untilCaughtUp || this.random.chance(0.8))
    const geometry = this.geometries[isNewer ? 1 : 0]
    const name = `P${this.#everyProcess.length + 1}`
    const process = new SimulatedProcess(name, surroundings, geometry, untilCaughtUp)
    this.processes.push(process)
    this.#trace(`${process.name} starts, version ${geometry.foldVersion}`)
    this.#everyProcess.push(process)
    return process
  }

  /** Two releases must not begin a stream at once. */
  upgrade(): void {
    if (this.store.isStreamKnown) this.isUpgraded = true
  }

  append(): void {
    const log = this.random.pick(this.partitions)
    this.#nowMs += this.random.chance(0.3) ? this.random.between(0, this.#pauseMaxMs) : 10
    for (let left = this.random.between(1, 5); left > 0; left--) {
      // A later record may have the earlier time.
      const agoMs = this.random.chance(0.1) ? this.random.between(0, CLOCKS_DIFFER_MAX_MS) : 0
      const again = this.random.chance(0.08) ? pickElsewhere(log, this.partitions, this.random) : null
      log.append(this.#nowMs - agoMs, this.random, this.geometries[0].blockSize, again)
    }
    this.#trace(`log ${log.partition} ends at ${log.endOffset}`)
  }

  /** The topic gets partitions, or an operator agrees to those that it has got. */
  grow(): void {
    if (!this.store.isStreamKnown) return
    this.isUpgraded = true
    this.#growth.happen(this.#nowMs)
    this.#group.grow(this.partitions.length)
  }

  agree(): void {
    this.#growth.agreeToAll(this.#nowMs, this.store.reader().readGrowths('').at(-1)?.partitionCount ?? 0)
  }

  /** Something that goes on by itself, picked at random; false when nothing can. */
  proceed(): boolean {
    const steps = this.processes.flatMap(process => this.#stepsOf(process))
    for (const insert of this.inserts.late) steps.push(() => this.inserts.applyLate(insert))
    if (steps.length === 0) return false
    this.random.pick(steps)()
    return true
  }

  /** Once everything a step has set going has come to rest. */
  afterStep(): void {
    for (const process of this.processes) {
      if (process.stalledSteps > 0) process.stalledSteps -= 1
      for (const reason of process.halts.splice(0)) assertExpectedHalt(process.name, reason, this)
      if (process.end === null) continue
      this.forget(process)
      const { error } = process.end
      this.#trace(
        `${process.name} ends: ${error instanceof Error ? `${error.name} ${error.message}` : 'done'}`,
      )
      assertExpectedEnd(process, error, this)
    }
    this.#group.assignOrphans(this.processes, this.random)
  }

  rebalance(): void {
    this.#group.rebalance(this.processes, this.random)
    this.#trace(`rebalance: ${this.#group.describe()}`)
  }

  /** The group no longer hears of it, and gives its partitions to others; it goes on without knowing. */
  evict(process: SimulatedProcess): void {
    process.isZombie = true
    this.#trace(`${process.name} is evicted`)
    this.rebalance()
  }

  stall(process: SimulatedProcess): void {
    process.stalledSteps = this.random.between(5, 60)
    this.#trace(`${process.name} stalls for ${process.stalledSteps} steps`)
  }

  crash(process: SimulatedProcess): void {
    this.#trace(`${process.name} crashes`)
    this.forget(process)
    for (const operation of process.operations) {
      if (operation.kind === 'append') operation.perform(this.random.between(0, this.partitions.length))
      if (operation.kind !== 'insert' || this.random.chance(0.4)) continue
      this.inserts.late.push({ table: operation.table, rows: operation.rows })
    }
  }

  /** Every process and every insert under way is gone, and of what the store had acknowledged the newest rows. */
  losePower(losesRows = true): void {
    for (const process of [...this.processes]) this.forget(process)
    this.inserts.late = []
    if (!losesRows) return
    const lost = this.store.loseNewestInserts(this.random)
    this.#trace(`power loss: ${lost.length} rows lost`)
    this.invariants.lose(lost)
    this.invariants.check(lost)
    for (const log of this.partitions) {
      const isLost = this.invariants.oldestDamaged(log.partition) !== null
      if (isLost && log.startOffset > (this.neededOffset(log.partition) ?? 0)) log.isShort = true
    }
  }

  /** Deletes a partition's start: what nobody needs any more, what is old, or, `harsh`, what may still be needed. */
  retain(kind: Retention): void {
    const log = this.random.pick(this.partitions)
    const needed = this.neededOffset(log.partition)
    if (needed === null && this.#isBeginning(log.partition)) return
    const { partition } = log
    const nextOffset = this.store.ledgerOf(partition).at(-1)?.nextOffset ?? 0
    const isDamaged = this.invariants.oldestDamaged(partition) !== null
    const limit = deletableTo(log, { needed, kind, isDamaged, nextOffset, nowMs: this.#nowMs })
    const deletable = log.records.filter(({ offset }) => offset >= log.startOffset && offset < limit)
    const offset =
      kind === 'old'
        ? (this.random.pick([...deletable, null])?.offset ?? log.startOffset - 1) + 1
        : this.random.between(log.startOffset, limit)
    if (kind === 'harsh' && needed !== null && offset > needed) log.isShort = true
    log.deleteBefore(offset)
    this.#trace(`log ${log.partition} begins at ${log.startOffset}: ${kind}`)
  }

  /** Somebody looks at the partition to find where it begins: if the log's start moved, no store could settle it. */
  #isBeginning(partition: number): boolean {
    return (
      this.processes.some(process => process.held.get(partition)?.position === null) ||
      this.inserts.late.some(
        ({ table, rows }) => table === 'block_ledger' && rows.some(row => row.partition === partition),
      )
    )
  }

  /** The lowest offset that whoever goes on with the partition may ask for; null when it was never counted. */
  neededOffset(partition: number): number | null {
    return neededOffset(this.store.ledgerOf(partition), this.invariants.oldestDamaged(partition))
  }

  tellGap(gap: { partition: number; fromOffset: number; toOffset: number }): void {
    this.#trace(`an operator gives up ${gap.fromOffset} to before ${gap.toOffset} of ${gap.partition}`)
    this.invariants.giveUp(gap)
  }

  dispose(): void {
    for (const process of this.#everyProcess) process.dispose()
  }

  forget(process: SimulatedProcess): void {
    this.processes = this.processes.filter(other => other !== process)
    this.#group.forget(process)
  }

  #stepsOf(process: SimulatedProcess): (() => void)[] {
    if (process.stalledSteps > 0) return []
    const steps = [...process.operations].map(operation => () => this.#perform(process, operation))
    if (process.canLeave) steps.push(() => process.leave())
    if (process.isZombie && this.random.chance(0.05)) {
      steps.push(() => {
        this.#trace(`${process.name} notices that it was evicted`)
        process.isZombie = false
      })
    }
    if (!process.isConsuming) return steps
    const tell = (line: string, step: () => void) => {
      this.#trace(line)
      step()
    }
    for (const [partition, held] of process.held) {
      if (held.busy) continue
      if (!process.isZombie && this.#group.owners[partition] !== process) {
        steps.push(() => tell(`${process.name} gives up ${partition}`, () => process.revoke(partition)))
      } else if (held.position !== null && held.position < (this.partitions[partition]?.endOffset ?? 0)) {
        steps.push(() =>
          tell(`${process.name} gets of ${partition} from ${held.position}`, () =>
            process.deliver(partition, this.random),
          ),
        )
      }
    }
    for (const [partition, owner] of this.#group.owners.entries()) {
      if (owner !== process || process.held.has(partition)) continue
      const isCounted = this.processes.some(other => !other.isZombie && other.held.has(partition))
      // A new owner does not always wait until the old one gives up: neither asks the other.
      if (isCounted && this.random.chance(0.5)) continue
      steps.push(() =>
        tell(`${process.name} is assigned ${partition}`, () => process.assign(partition, this.random)),
      )
    }
    return steps
  }

  #perform(process: SimulatedProcess, operation: Operation): void {
    process.operations.delete(operation)
    switch (operation.kind) {
      case 'timer':
        this.#nowMs = Math.max(this.#nowMs, operation.dueMs)
        operation.perform()
        return
      case 'append':
        this.#trace(`${process.name} appends ${operation.name}`)
        operation.perform(this.partitions.length)
        return
      case 'bounds':
        this.#trace(`${process.name} reads ${operation.name}`)
        operation.perform()
        return
      case 'read':
        this.#trace(
          `${process.name} reads ${operation.name}${this.inserts.isStoreAway ? ': the store is away' : ''}`,
        )
        if (this.inserts.isStoreAway) operation.fail(new StoreUnavailableError('away'))
        else operation.perform()
        return
      case 'insert':
        this.inserts.perform(process.name, operation)
    }
  }
}
