import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readPeakBytes } from '../run-process.ts'

const LOOK_MS = 20

/** Of a process, and of the one that reads a registry for it; null where /proc doesn't tell. */
type Peaks = { readonly bytes: number | null; readonly readingBytes: number | null }

/** The most memory of both from now on. */
export function watchMemory(pid: number | undefined): () => Peaks {
  forgetPeak(pid)
  let peaks: Peaks = { bytes: null, readingBytes: null }
  const look = () => {
    const readingBytes = Math.max(0, ...findReading(pid).map(child => readPeakBytes(child) ?? 0)) || null
    peaks = {
      bytes: readPeakBytes(pid) ?? peaks.bytes,
      readingBytes: Math.max(readingBytes ?? 0, peaks.readingBytes ?? 0) || null,
    }
  }
  const looking = setInterval(look, LOOK_MS)
  return () => {
    clearInterval(looking)
    look()
    return peaks
  }
}

/** The kernel's mark of the most memory begins again at what there is now. */
function forgetPeak(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // No such kernel: peaks are not known there at all.
  }
}

function findReading(pid: number | undefined): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const children = tasks.flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '),
    )
    return children
      .filter(child => child !== '')
      .filter(child => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('reading-process.ts'))
      .map(Number)
  } catch {
    return []
  }
}
