import { isIP } from 'node:net'

const HOST_NAME_CHARACTERS_MAX = 253
const HOST_NAME = /^[\w-]+(?:\.[\w-]+)*\.?$/
const ENDS_IN_NUMBER = /(?:^|\.)\d+\.?$/
const PORT = /:\d{1,5}$/

/**
 * What a gateway writes for its peer: an address, a host's name, `-` for an unknown one, `unix:` for a local socket.
 * Never a list, and nothing with a port or a prefix.
 */
export function isRemoteAddress(text: string): boolean {
  return isAddress(text) || text === '-' || text === 'unix:' || isHostName(text)
}

export function isAddress(text: string): boolean {
  return isIP(text) !== 0
}

/** `api.example.com:443`, `[2001:db8::1]:443`, or either without its port: the server that was asked. */
export function isServerName(text: string): boolean {
  const bare = withoutPort(text)
  return isAddress(bare) || isHostName(bare)
}

/** `192.0.2.7` of `192.0.2.7:443`, `2001:db8::1` of that in brackets or not; the text itself where no port is. */
export function withoutPort(text: string): string {
  const host = text.replace(PORT, '')
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** The same, where a port may be missing: the end of a bare `2001:db8::1` is none. */
export function addressOfPeer(text: string): string {
  return isAddress(text) ? text : withoutPort(text)
}

/** A name whose last part is a number would be an address, and it is none. */
function isHostName(text: string): boolean {
  return text.length <= HOST_NAME_CHARACTERS_MAX && HOST_NAME.test(text) && !ENDS_IN_NUMBER.test(text)
}
