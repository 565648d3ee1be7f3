import { createRequire } from 'node:module'
import { makePrintable } from '@forbruk/schemas/text/make-printable.ts'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'

const STDERR = 2

/** Wherever a settings object is logged whole, at the top or one level down. */
const SECRETS = ['password', 'authorization', 'secret'].flatMap(name => [name, `*.${name}`, `*.*.${name}`])

/**
 * Logs to stderr, since stdout is for answers: JSON lines, or text where a person watches and pino-pretty is installed.
 * Written before the call returns, so that the last words before a crash aren't lost.
 */
export function createLogger(level: LogLevel): Logger {
  const stream = process.stderr.isTTY ? openPretty() : null
  return pino(
    { level, base: null, redact: { paths: SECRETS, censor: '(not logged)' } },
    printable(stream ?? destination({ fd: STDERR, sync: true })),
  )
}

/** Ids in a line come from strangers, and whoever reads the log does that on a terminal. */
function printable(stream: DestinationStream): DestinationStream {
  return { write: line => stream.write(makePrintable(line)) }
}

/** A convenience of development, absent from a production install. */
function openPretty(): DestinationStream | null {
  const require = createRequire(import.meta.url)
  try {
    const { PinoPretty } = require('pino-pretty')
    return PinoPretty({ destination: STDERR, sync: true })
  } catch {
    return null
  }
}
