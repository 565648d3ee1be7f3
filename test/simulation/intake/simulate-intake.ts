import { setImmediate } from 'node:timers/promises'
import { LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { IntakeRefusedError } from '../../../services/intake/intake-error.ts'
import type { Piece } from '../../../services/intake/piece.ts'
import { Term, type TermSettings } from '../../../services/intake/term.ts'
import { Random } from '../random.ts'
import { Violation } from '../violation.ts'
import { Counted } from './counted.ts'
import { type AppendFault, openLog, openWriter, SimulatedLog } from './simulated-log.ts'
import { FOREIGN_PARTITIONS, type ForeignLine, openForeign, SimulatedTopic } from './simulated-topic.ts'

const STEPS = 260
const FIRST_MS = 1_790_000_000_000

/** A piece of the intake replaced by a wrong one. */
export type Mutation = {
  readonly settings?: (settings: TermSettings, log: SimulatedLog) => TermSettings
  readonly writer?: (writer: SoleWriter, log: SimulatedLog) => SoleWriter
}

type Outcome =
  | { readonly kind: 'complete' | 'lossy' }
  | { readonly kind: 'violated'; readonly reason: string }

/** One intake process: what it is about to do waits for its turn, and may never get it. */
type Waiting = { readonly process: number; readonly resume: (fault: AppendFault) => void }

class World {
  readonly random: Random
  readonly topic = new SimulatedTopic()
  readonly counted = new Counted(this.topic)
  readonly log: SimulatedLog
  readonly #mutation: Mutation
  readonly #trace: (line: string) => void
  readonly waiting: Waiting[] = []
  readonly alive = new Set<number>()
  violation: string | null = null
  nowMs = FIRST_MS
  isQuiet = false
  /** Of a foreign partition whose broker doesn't answer. */
  readonly awayUntilMs: number[] = []
  /** A process came to the end of the topic, and to its own. */
  isFinished = false
  #lines = 0
  #processes = 0

  constructor(seed: number, mutation: Mutation, trace: (line: string) => void) {
    this.random = new Random(seed)
    this.#mutation = mutation
    this.#trace = trace
    this.log = new SimulatedLog(records => this.counted.take(records))
  }

  tell(line: string): void {
    this.#trace(line)
  }

  write(): void {
    const partition = this.random.between(0, FOREIGN_PARTITIONS - 1)
    const count = this.random.chance(0.2) ? this.random.between(0, 4) : 1
    const lines = Array.from({ length: count }, (): ForeignLine => {
      this.#lines += 1
      // What a buffer held back is older than what is written now.
      const timeMs = this.nowMs - this.random.between(0, 50_000)
      const id = this.random.chance(0.3) ? 'request' : null
      return { number: this.#lines, timeMs, isBad: this.random.chance(0.1), id }
    })
    this.topic.append(partition, lines)
    // What a shipper sends again it sends as it was, to wherever.
    const again = lines.filter(({ id, isBad }) => id !== null && !isBad)
    if (again.length > 0 && this.random.chance(0.3))
      this.topic.append(this.random.between(0, FOREIGN_PARTITIONS - 1), again)
  }

  begin(): void {
    this.#processes += 1
    const process = this.#processes
    this.alive.add(process)
    this.tell(`process ${process} begins`)
    void this.#run(process).catch(error => this.#end(process, error))
  }

  kill(process: number): void {
    this.tell(`process ${process} is killed`)
    this.alive.delete(process)
    const kept = this.waiting.filter(each => each.process !== process)
    this.waiting.splice(0, this.waiting.length, ...kept)
  }

  async #run(process: number): Promise<void> {
    const step = () => this.#step(process)
    const term = await Term.begin(this.#settings(process, step))
    const next: number[] = []
    const starts = Array.from({ length: FOREIGN_PARTITIONS }, async (_, partition) => {
      next[partition] = await term.startOf(partition)
    })
    await Promise.all(starts)
    for (;;) {
      await step()
      const partition = this.random.between(0, FOREIGN_PARTITIONS - 1)
      if (this.random.chance(0.3)) await term.tick()
      else if (this.random.chance(0.03)) next[partition] = await term.startOf(partition)
      else {
        const isAway = this.nowMs < (this.awayUntilMs[partition] ?? 0)
        const recordsMax = isAway ? 0 : this.random.between(1, 4)
        const batch = this.topic.read(partition, next[partition] ?? 0, recordsMax)
        if (batch === null) throw new LogUnavailableError('the topic has lost the offset')
        if (batch.records.length > 0) await term.take(batch)
        next[partition] = batch.nextOffset
      }
      const isDone = next.every((offset, of) => offset >= this.topic.bounds(of).endOffset)
      if (this.isQuiet && isDone) return await this.#finish(process, term)
    }
  }

  async #finish(process: number, term: Term): Promise<void> {
    await term.finish()
    this.alive.delete(process)
    this.isFinished = true
  }

  #step(process: number): Promise<AppendFault> {
    return new Promise(resume => {
      // Whoever was killed waits for ever.
      if (this.alive.has(process)) this.waiting.push({ process, resume })
    })
  }

  #end(process: number, error: unknown): void {
    this.alive.delete(process)
    if (error instanceof Violation) this.violation ??= error.message
    else if (
      error instanceof LogUnavailableError ||
      error instanceof IntakeRefusedError ||
      isSuperseded(error)
    )
      this.tell(`process ${process} ends: ${error instanceof Error ? error.message : ''}`)
    else
      this.violation ??= `process ${process} failed: ${error instanceof Error ? error.stack : String(error)}`
  }

  #settings(process: number, step: () => Promise<AppendFault>): TermSettings {
    const writer = openWriter(this.log, step)
    const settings: TermSettings = {
      foreign: openForeign(this.topic, async () => void (await step())),
      log: openLog(this.log, step),
      writer: this.#mutation.writer?.(writer, this.log) ?? writer,
      source: 'nginx',
      formatName: 'nginx-json',
      readValue: value => splitLines(value, process),
      rejectedShareMax: 1,
      clock: () => this.nowMs,
      onWarning: message => this.tell(message),
    }
    return this.#mutation.settings?.(settings, this.log) ?? settings
  }
}

function isSuperseded(error: unknown): boolean {
  return error instanceof Error && error.name === 'SupersededError'
}

/** Each process reads by a format of its own, as after a deployment: the same line may go to another partition. */
function splitLines(value: Buffer, process: number): readonly Piece[] {
  const lines = value.length === 0 ? [] : value.toString().split('\n')
  return lines.map((text): Piece => {
    const { number, timeMs, isBad, id }: ForeignLine = JSON.parse(text)
    if (isBad && process % 3 !== 0)
      return { kind: 'rejected', reason: 'line_not_json', detail: 'bad', bytes: Buffer.from(text) }
    const clientId = `client-${(number + process) % 7}`
    const said = { kind: 'request', clientId, integrationId: '', timeMs, status: 200 } as const
    const request = { ...said, requestBytes: 1, responseBytes: 1 }
    return id === null ? request : { ...request, requestId: `${id} ${number}` }
  })
}

/** What one seed makes of it: every line counted once, or lost and told as missing. */
export async function simulateIntake(
  seed: number,
  mutation: Mutation = {},
  trace: (line: string) => void = () => {},
): Promise<Outcome> {
  const world = new World(seed, mutation, trace)
  for (let step = 0; step < STEPS && world.violation === null; step++) await disturb(world)
  if (world.violation === null) await settle(world)
  if (world.violation !== null) return { kind: 'violated', reason: world.violation }
  return judgeEnd(world)
}

async function disturb(world: World): Promise<void> {
  const { random, waiting, topic } = world
  await setImmediate()
  world.nowMs += random.between(0, 900)
  if (random.chance(0.25)) world.write()
  if (random.chance(0.04)) world.nowMs += 15_000
  if (random.chance(0.02))
    world.awayUntilMs[random.between(0, FOREIGN_PARTITIONS - 1)] = world.nowMs + 120_000
  if (world.alive.size === 0 || (world.alive.size < 3 && random.chance(0.02))) world.begin()
  if (random.chance(0.015)) world.kill(random.pick([...world.alive]))
  if (random.chance(0.005)) {
    const partition = random.between(0, FOREIGN_PARTITIONS - 1)
    const { startOffset, endOffset } = topic.bounds(partition)
    const offset = random.between(startOffset, endOffset)
    if (world.counted.isMarked(partition)) topic.deleteBelow(partition, offset)
  }
  resumeOne(world, waiting, random.chance(0.04) ? random.pick(['before', 'after']) : 'none')
}

function resumeOne({ random }: World, waiting: Waiting[], fault: AppendFault): void {
  if (waiting.length === 0) return
  const [next] = waiting.splice(random.between(0, waiting.length - 1), 1)
  next?.resume(fault)
}

/** Nothing more is written or fails: the processes come to their end, and one more has nothing to do. */
async function settle(world: World): Promise<void> {
  world.isQuiet = true
  world.awayUntilMs.length = 0
  world.begin()
  const taken = await runToEnd(world)
  if (world.violation === null && (await runToEnd(world)) !== taken)
    world.violation = 'what was taken in was taken again'
}

/** Answers how many events are counted then. */
async function runToEnd(world: World): Promise<number> {
  world.isFinished = false
  for (let step = 0; (world.alive.size > 0 || !world.isFinished) && world.violation === null; step++) {
    if (world.alive.size === 0) world.begin()
    await setImmediate()
    world.nowMs += 300
    resumeOne(world, world.waiting, 'none')
    if (step > 20_000) world.violation = 'it never came to an end'
  }
  return world.counted.events
}

function judgeEnd({ counted, topic }: World): Outcome {
  const untaken = counted.present().filter(line => !counted.taken.has(line.number))
  if (untaken.length > 0) return { kind: 'violated', reason: `line ${untaken[0]?.number} was never taken in` }
  let lost = 0
  for (let partition = 0; partition < FOREIGN_PARTITIONS; partition++) {
    for (let offset = 0; offset < topic.bounds(partition).startOffset; offset++)
      lost += topic.linesAt(partition, offset).filter(line => !counted.taken.has(line.number)).length
  }
  if (lost > 0 && counted.missing <= 0)
    return { kind: 'violated', reason: `${lost} lines are lost without a word` }
  return { kind: lost > 0 ? 'lossy' : 'complete' }
}
