/** What something on the way has put around each line. */
export type Envelope = {
  readonly name: EnvelopeName
  readonly open: (text: string) => Opened
  /** A line that is too long comes in parts: only what stands before an end tells that it is one. */
  readonly isInParts: boolean
}

export const ENVELOPES = ['syslog', 'cri', 'docker'] as const
export type EnvelopeName = (typeof ENVELOPES)[number]

/**
 * The gateway's line, or the end of one; or only a part of it, since it was too long; or several; or there is no such
 * envelope. Parts of one line have the same `stream`, and lines of another may stand between them.
 */
type Opened =
  | { readonly kind: 'text'; readonly text: string; readonly stream: string }
  | { readonly kind: 'part'; readonly stream: string }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' }

export function openEnvelope(name: EnvelopeName): Envelope {
  switch (name) {
    case 'syslog':
      return { name, open: openSyslog, isInParts: false }
    case 'cri':
      return { name, open: openCri, isInParts: true }
    case 'docker':
      return { name, open: openDocker, isInParts: true }
  }
}

/** The envelope that a text seems to be in, to tell of it; it is never taken off unasked. */
export function recogniseEnvelope(text: string): EnvelopeName | null {
  // Most lines of JSON without a client are in none.
  if (text.startsWith('{') && !text.startsWith(DOCKER_START)) return null
  return ENVELOPES.find(name => openEnvelope(name).open(text).kind !== 'none') ?? null
}

const ISO_TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`

/** RFC 5424: `<190>1 TIME HOST APP PROCESS MESSAGE-ID STRUCTURED-DATA `, each `-` when unknown. */
const SYSLOG_5424 = new RegExp(
  String.raw`^<\d{1,3}>1 (?:-|${ISO_TIME}) [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} ` +
    String.raw`(?:-|(?:\[[^\]"\\]*(?:"(?:[^"\\]|\\.)*"[^\]"\\]*)*\])+)(?: |$)`,
)
/**
 * RFC 3164, as NGINX and HAProxy send it and as rsyslog, syslog-ng and the journal write it to files:
 * `Oct  1 12:00:01 HOST TAG[1]: `, with its `<190>` or without, also with a whole time, also without the host.
 */
const SYSLOG_3164 = new RegExp(
  String.raw`^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|${ISO_TIME}) ` +
    String.raw`(?:[\w.:-]{0,254}[\w.-] )?[\w./()@-]{1,128}(?:\[\d{1,10}\])?:(?: |$)`,
)
const BYTE_ORDER_MARK = '\ufeff'

function openSyslog(text: string): Opened {
  const header = SYSLOG_5424.exec(text) ?? SYSLOG_3164.exec(text)
  if (header === null) return { kind: 'none' }
  const message = text.slice(header[0].length)
  const whole = message.startsWith(BYTE_ORDER_MARK) ? message.slice(1) : message
  return { kind: 'text', text: whole, stream: '' }
}

/** As Kubernetes writes containers' logs: `TIME stdout F `; P instead of F when the line goes on in the next one. */
const CRI = new RegExp(`^${ISO_TIME} (stdout|stderr) ([FP])(?::[\\w:]*)?(?: |$)`)

function openCri(text: string): Opened {
  const header = CRI.exec(text)
  if (header === null) return { kind: 'none' }
  const [whole, stream = '', tag] = header
  return tag === 'F' ? { kind: 'text', text: text.slice(whole.length), stream } : { kind: 'part', stream }
}

const DOCKER_START = '{"log":"'

/** As Docker's json-file driver writes them: `{"log":"…\n","stream":"stdout","time":"…"}`; a part has no newline. */
function openDocker(text: string): Opened {
  if (!text.startsWith(DOCKER_START)) return { kind: 'none' }
  const read = readLog(text)
  if (read === null) return { kind: 'none' }
  const { log, stream } = read
  if (!log.endsWith('\n')) return { kind: 'part', stream }
  const line = log.slice(0, -1)
  return line.trim().includes('\n') ? { kind: 'several' } : { kind: 'text', text: line, stream }
}

function readLog(text: string): { readonly log: string; readonly stream: string } | null {
  try {
    const { log, stream, time }: { log?: unknown; stream?: unknown; time?: unknown } = JSON.parse(text)
    if (typeof log !== 'string' || typeof time !== 'string') return null
    return { log, stream: stream === 'stderr' ? 'stderr' : 'stdout' }
  } catch {
    return null
  }
}
