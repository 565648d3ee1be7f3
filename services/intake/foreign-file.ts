import { IntakeRefusedError } from './intake-error.ts'
import type { Recovered } from './recover.ts'

/** One partition of the foreign topic, as a file of the source: how far it is, and what of it went where. */
export class ForeignFile {
  readonly partition: number
  readonly file: string
  /** Everything that stands below it was taken, be it that it is still to be appended. */
  next: number
  /** It was looked at before, be it that there was nothing: what is gone since then is lost. */
  isKnown: boolean
  /** Something of it is about to be appended. */
  isTouched = false
  /** It is being read. */
  isStarted = false
  #markedNext = -1
  readonly #partitionCounts: number[]

  constructor(partition: number, file: string, { next, partitionCounts, isMarked }: Recovered) {
    this.partition = partition
    this.file = file
    this.next = next
    this.isKnown = isMarked || next > 0
    this.#partitionCounts = [...partitionCounts]
  }

  /** By partition of the log. */
  get partitionCounts(): readonly number[] {
    return this.#partitionCounts
  }

  count(partition: number): void {
    this.#partitionCounts[partition] = (this.#partitionCounts[partition] ?? 0) + 1
  }

  get isMarkDue(): boolean {
    return this.isStarted && this.next > this.#markedNext
  }

  marked(): void {
    this.#markedNext = this.next
    this.isKnown = true
  }
}

export function describeLoss({ file }: ForeignFile, fromOffset: number, toOffset: number): string {
  return (
    `${file} lost the offsets from ${fromOffset} to before ${toOffset} before they were read: they count as missing, ` +
    'and no month is closed, until forbruk source accept-loss'
  )
}

export function remadeError({ file }: ForeignFile, offset: number, endOffset: number): IntakeRefusedError {
  return new IntakeRefusedError(
    'topic_remade',
    `${file} ends at offset ${endOffset}, and was read to ${offset}: the topic was made anew. ` +
      'Read it under another --source: the same places would mean other lines',
  )
}
