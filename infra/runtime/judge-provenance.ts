import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** What a request says of where it comes from. A page can't forge these in a browser. */
export type Provenance = {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
}

export function readProvenance(headers: IncomingHttpHeaders): Provenance {
  const fetchSite = headers['sec-fetch-site']
  return {
    host: headers.host,
    origin: headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
  }
}

/**
 * Pure, and the same for every port that we listen on: why a request is refused for where it comes from, or null.
 * `isLoopback`: only this machine reaches the port, so only its own names lead there. A page whose name its owner
 * points at 127.0.0.1 would otherwise read through a browser on this machine.
 * `isForeignAllowed`: a page of another site may ask for it, such as a link to a statement.
 */
export function judgeProvenance(
  provenance: Provenance,
  { isLoopback, isForeignAllowed }: { readonly isLoopback: boolean; readonly isForeignAllowed: boolean },
): string | null {
  const name = readHostName(provenance.host)
  if (name === null) return 'expected a name or an address, with a port or none, in the Host header'
  if (isLoopback && !isLocalName(name)) return 'expected localhost or an IP address in the Host header'
  if (isForeignAllowed || isSameOrigin(provenance)) return null
  return 'expected no Origin header, or the one of this address: another site may not ask for this'
}

/** Not read as a URL, which takes «localhost/x» and «0x1» for addresses of this machine. */
function readHostName(host: string | undefined): string | null {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? '') ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed : null
  return plain?.toLowerCase() ?? null
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}

function isSameOrigin({ host, origin, fetchSite }: Provenance): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false
  if (origin === undefined) return true
  return origin === `http://${host}` || origin === `https://${host}`
}
