import { isIP } from 'node:net'

export type Address = { readonly host: string; readonly port: number }

/** «host:port», «[::1]:port». */
export function parseAddress(value: string): Address | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(value) ?? []
  const port = Number(digits)
  if (!(port <= 65_535)) return null
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : null
  return plain === undefined ? null : { host: plain, port }
}

/** Reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
