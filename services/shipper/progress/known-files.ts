import { type FileProgress, LiveFile } from './file-progress.ts'
import type { SourceProgress } from './source-progress.ts'

/** A file that is forgotten and shipped again has the same identities, so it is still counted once. */
const FILES_MAX = 1_000

/** Every file of a source that is known, and how far each has come. */
export class KnownFiles {
  readonly #live = new Map<string, LiveFile>()
  /** Being read at this moment. */
  readonly #open = new Set<string>()
  readonly #acknowledged: Map<string, FileProgress>

  constructor({ files }: Pick<SourceProgress, 'files'>) {
    this.#acknowledged = new Map(files.map(progress => [progress.file, progress]))
  }

  /** In the order in which they were begun. */
  get all(): readonly FileProgress[] {
    const files = new Map(this.#acknowledged)
    for (const live of this.#live.values()) files.set(live.file, live.snapshot())
    return [...files.values()]
  }

  /** As far as the log has acknowledged them, hence fit to be saved. */
  get acknowledged(): readonly FileProgress[] {
    return [...this.#acknowledged.values()]
  }

  /** Begun, not read to its end, and not being read. */
  get unfinished(): readonly FileProgress[] {
    return this.all.filter(({ file, done }) => !done && !this.#open.has(file))
  }

  progressOf(file: string): FileProgress | undefined {
    return this.#live.get(file)?.snapshot() ?? this.#acknowledged.get(file)
  }

  acknowledgedOf(file: string): FileProgress | undefined {
    return this.#acknowledged.get(file)
  }

  isOpen(file: string): boolean {
    return this.#open.has(file)
  }

  /** Every file that begins with the line that has this digest. */
  kinOf(firstLine: string): readonly FileProgress[] {
    return this.all.filter(({ file }) => file === firstLine || file.startsWith(`${firstLine}-`))
  }

  /** Goes on with it, or begins it. Until it is closed nobody else may. */
  open(progress: FileProgress): LiveFile {
    const { file } = progress
    const live = this.#live.get(file) ?? new LiveFile(progress)
    this.#live.set(file, live)
    this.#open.add(file)
    return live
  }

  close(file: string): void {
    this.#open.delete(file)
  }

  /** Answers which one had to be forgotten for it, since it was read to its end long ago. */
  acknowledge(progress: FileProgress): string | null {
    this.#acknowledged.set(progress.file, progress)
    if (this.#acknowledged.size <= FILES_MAX) return null
    const oldest = this.acknowledged.find(({ file, done }) => done && !this.#open.has(file))
    if (oldest === undefined) return null
    this.forget(oldest.file)
    return oldest.file
  }

  forget(file: string): void {
    this.#acknowledged.delete(file)
    this.#live.delete(file)
  }

  /** What was done as its end was then, and may have got more since, is not done any more. */
  reopen(mayHaveMore: (file: FileProgress) => boolean): void {
    for (const progress of this.acknowledged) {
      if (progress.isOpenEnded !== true || this.#live.has(progress.file) || !mayHaveMore(progress)) continue
      this.#acknowledged.set(progress.file, { ...progress, done: false })
    }
  }

  /** It lies nowhere. */
  lose(file: string): void {
    const live = this.#live.get(file)
    if (live !== undefined) live.wasGone = true
    const progress = this.#acknowledged.get(file)
    if (progress !== undefined) this.#acknowledged.set(file, { ...progress, wasGone: true })
  }
}
