import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import type { MarkedInstance, MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import type { SourceProgress } from '../progress/source-progress.ts'
import { toMarks } from '../progress/to-marks.ts'

export type MarkerSettings = {
  readonly log: Pick<EventLog, 'partitionCount'>
  readonly format: Pick<GatewayFormat, 'name'>
  readonly source: string
  /** Who says so in the source's marks. */
  readonly instance: Omit<MarkedInstance, 'sequence'>
}

/** What the source's marks say, and what the log has of it. */
export class Marker {
  /** By a mark of this run. */
  isHeard = false
  readonly #settings: MarkerSettings
  #sequence: number
  #throughMs: number | null
  #told: MarkedObstacles

  constructor(settings: MarkerSettings, { sequence, throughMs, told }: SourceProgress) {
    this.#settings = settings
    this.#sequence = sequence
    this.#throughMs = throughMs
    this.#told = told
  }

  get throughMs(): number | null {
    return this.#throughMs
  }

  /** By the last marks that the log has acknowledged. */
  get told(): MarkedObstacles {
    return this.#told
  }

  /** To be saved. */
  get saved(): Pick<SourceProgress, 'instance' | 'sequence' | 'throughMs' | 'told'> {
    const { id, wasUnnamed } = this.#settings.instance
    const said = { throughMs: this.#throughMs, told: this.#told }
    return { instance: { id, wasUnnamed }, sequence: this.#sequence, ...said }
  }

  /** Answers whether that is news. */
  raiseThrough(throughMs: number | null): boolean {
    if (throughMs === null || throughMs <= (this.#throughMs ?? EARLIEST_TIME_MS)) return false
    this.#throughMs = throughMs
    return true
  }

  /** Before further marks: their number is to be saved before they are sent, so that no other run has it. */
  begin(): void {
    this.#sequence += 1
  }

  /** One for each partition, by its number: none may look as if the source had come to a halt there. */
  marksOf(progress: FileProgress, obstacles: MarkedObstacles): readonly Buffer[] {
    const { source, format, log } = this.#settings
    const instance = { ...this.#settings.instance, sequence: this.#sequence }
    const said = { source, format: format.name, throughMs: this.#throughMs, obstacles, instance }
    return toMarks(progress, log.partitionCount, said)
  }

  acknowledged(obstacles: MarkedObstacles): void {
    this.#told = obstacles
  }
}
