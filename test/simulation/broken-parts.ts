import { Admission, type SourceFile, type SourceFiles } from '@forbruk/aggregator/count/admit.ts'
import { BlockProof } from '@forbruk/aggregator/count/block-proof.ts'
import type { BlockFlush } from '@forbruk/aggregator/count/flush-queue.ts'
import { PartitionFold } from '@forbruk/aggregator/count/partition-fold.ts'
import { type BlockRows, encodeBlock } from '@forbruk/aggregator/run/encode-block.ts'
import type { ScannedRequest, TextRange } from '@forbruk/schemas/wire/scan/scanned-request.ts'

/** Parts of a fold that are wrong in one way each: for mutants. */
export class AdmissionOfAdmitted extends Admission {
  readonly #admitted = new Map<string, number>()
  readonly #offsetsMax: number

  constructor(windowSize: number, sources: SourceFiles) {
    super(windowSize, sources)
    this.#offsetsMax = windowSize
  }

  override remember({ source }: SourceFile, texts: DataView, range: TextRange, offset: number): boolean {
    const id = `${source}\n${range.readIn(texts)}`
    const last = this.#admitted.get(id)
    const isDuplicate = last !== undefined && offset - last <= this.#offsetsMax
    if (!isDuplicate) this.#admitted.set(id, offset)
    return isDuplicate
  }
}

export class AdmissionOfAnyDay extends Admission {
  override remember(file: SourceFile, texts: DataView, id: TextRange, offset: number): boolean {
    this.rememberedFrom = 0
    return super.remember(file, texts, id, offset)
  }
}

/** Long before anything was appended, whatever the limits. */
const TOO_OLD_MS = Date.UTC(2005)

/** What is too old is turned away before it is known to be a copy. */
export class AdmissionBehindJudge extends Admission {
  override isDuplicate(request: ScannedRequest, file: SourceFile, offset: number): boolean {
    return super.isDuplicate(request, file, offset) && request.timeMs >= TOO_OLD_MS
  }
}

export class ProofTakenForGiven extends BlockProof {
  override get isGiven(): boolean {
    return true
  }
}

export class ProofLeftOwed extends BlockProof {
  override endBlock(): void {}
}

/** The newest block is given at once, those before it with the next flush. */
export class NewestBlockFirst extends PartitionFold<BlockRows> {
  #heldBack: readonly BlockRows[] = []

  override takeRows(atOnce?: boolean): readonly BlockRows[] {
    const taken = super.takeRows(atOnce)
    const given = [...this.#heldBack, ...taken.slice(-1)]
    this.#heldBack = taken.slice(0, -1)
    return given
  }
}

/** An open block's rows are dropped as if they came again when the block is complete. */
export class OpenBlockDropped extends PartitionFold<BlockRows> {
  override takeRows(atOnce?: boolean): readonly BlockRows[] {
    const taken = super.takeRows(atOnce)
    return taken.length > 1 ? taken.slice(0, -1) : taken
  }
}

/** Encodes a block when its rows are asked for. */
export function encodeLate(flush: BlockFlush): BlockRows {
  let known: BlockRows | null = null
  const rows = () => {
    known ??= encodeBlock(flush)
    return known
  }
  return {
    get usage() {
      return rows().usage
    },
    get identities() {
      return rows().identities
    },
    get sources() {
      return rows().sources
    },
    get rejected() {
      return rows().rejected
    },
    get ledger() {
      return rows().ledger
    },
  }
}
