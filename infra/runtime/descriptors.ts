import { z } from 'zod'

/**
 * What the embedded engine is opened with at least: a month's parts, several files each, and the queries beside them. A
 * small store takes 100; the least that systems allow by themselves is 1 024.
 */
export const DESCRIPTORS_MIN = 1_024

/** Of Node's diagnostic report, whose fields its types don't tell. */
const reportShape = z.object({ userLimits: z.object({ open_files: z.object({ soft: z.number() }) }) })

/** How many files this process may have open at once; null where there is no limit, or none that is told. */
export function readDescriptorsMax(): number | null {
  // Else a report looks up the name of every connection's other end.
  Object.assign(process.report, { excludeNetwork: true })
  const report = reportShape.safeParse(process.report.getReport())
  return report.success ? report.data.userLimits.open_files.soft : null
}

const failureShape = z.object({ code: z.unknown().optional(), message: z.string() })

/** Whether a failure says that no more files can be opened: by Node's code, or by the engine's text. */
export function isOutOfDescriptors(error: unknown): boolean {
  const failure = failureShape.safeParse(error)
  if (!failure.success) return false
  const { code, message } = failure.data
  return code === 'EMFILE' || code === 'ENFILE' || /\berrno: 2[34]\b/.test(message)
}

export function explainDescriptors(descriptorsMax: number | null): string {
  const limit = descriptorsMax === null ? '' : `this process may have ${descriptorsMax} files open at once; `
  return (
    `${limit}expected at least ${DESCRIPTORS_MIN}. ` +
    'Raise the limit where it is started: `ulimit -n`, or LimitNOFILE= of its service'
  )
}
