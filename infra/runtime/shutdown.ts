/** How long an orderly stop may take before the process ends without one; a supervisor usually waits for 30 s. */
const ORDERLY_STOP_MS = 25_000

const INTERRUPTED = 130

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Aborts at the first SIGTERM or SIGINT, so that the process can stop in order. A second one ends it at once with
 * exit code 130, and so does an orderly stop that takes longer than 25 s: what isn't committed is counted again.
 * Call it once, early.
 */
export function signalOfShutdown(orderlyStopMs = ORDERLY_STOP_MS): AbortSignal {
  const controller = new AbortController()
  const handle = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    setTimeout(() => {
      process.stderr.write(
        `still not stopped ${orderlyStopMs / 1000} s after ${signal}: ending without order\n`,
      )
      process.exit(INTERRUPTED)
    }, orderlyStopMs).unref()
    controller.abort(new Error(`stopped by ${signal}`))
  }
  for (const signal of SIGNALS) process.on(signal, handle)
  return controller.signal
}
