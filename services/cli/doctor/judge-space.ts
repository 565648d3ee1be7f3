import { ok, type Verdict, warning } from './finding.ts'

const GIGABYTE = 1_000_000_000
/** Some million requests with their log, and what merging them takes. */
const FREE_BYTES_EXPECTED = 2 * GIGABYTE

/** A disk that fills stops the counting, though nothing is lost. */
export function judgeSpace(folder: string, freeBytes: number): Verdict {
  const free = `${(freeBytes / GIGABYTE).toFixed(1)} GB free`
  if (freeBytes >= FREE_BYTES_EXPECTED) return ok(`${folder}: ${free}`)
  return warning(`${folder}: only ${free}, expected at least ${FREE_BYTES_EXPECTED / GIGABYTE} GB: make room`)
}
