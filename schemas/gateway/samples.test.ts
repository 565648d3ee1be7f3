import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

const FOLDER = '../../test/samples/gateways/'

/** What the client that drove the gateway has counted itself. */
type Counted = {
  readonly total: number
  readonly kinds: Readonly<Record<string, number>>
  readonly user: Readonly<Record<string, number>>
  readonly key: Readonly<Record<string, number>>
}

function countedBy(client: string): Counted {
  return JSON.parse(readFileSync(new URL(`${FOLDER}${client}.client.json`, import.meta.url), 'utf8'))
}

function readLines(sample: string): Buffer[] {
  const raw = gunzipSync(readFileSync(new URL(`${FOLDER}${sample}.log.gz`, import.meta.url)))
  const lines: Buffer[] = []
  for (let start = 0; start < raw.length; ) {
    const newline = raw.indexOf(0x0a, start)
    lines.push(raw.subarray(start, newline))
    start = newline + 1
  }
  return lines
}

/** Requests by client and rejected lines by reason. */
function ship(sample: string, format: string, client?: string) {
  const { parseLine } = openGatewayFormat(format, { client })
  const clients: Record<string, number> = {}
  const rejected: Record<string, number> = {}
  const lines = readLines(sample)
  for (const line of lines) {
    const parsed = parseLine(line)
    if (parsed.kind === 'request') clients[parsed.clientId] = (clients[parsed.clientId] ?? 0) + 1
    else if (parsed.kind === 'rejected') rejected[parsed.reason] = (rejected[parsed.reason] ?? 0) + 1
  }
  const counted = sum(clients) + sum(rejected)
  expect(counted, 'every line is a request or rejected with its reason').toBe(lines.length)
  return { lines, clients, rejected }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((one, other) => one + other, 0)
}

/** How many lines hold a text: what the log says, without any parser of ours. */
function linesWith(lines: readonly Buffer[], ...texts: string[]): number {
  return lines.filter(line => texts.every(text => line.includes(text))).length
}

/** The users whom the client named, other than the one that no log may count: it holds a tab. */
function namedUsers(counted: Counted): Record<string, number> {
  const { '-': _nobody, 'tab\there': _doubtful, ...named } = counted.user
  return named
}

describe('NGINX, combined', () => {
  const counted = countedBy('nginx')
  const { lines, clients, rejected } = ship('nginx-combined', 'combined', 'remote_user')

  test('as many lines as the client sent requests, but two that never became one, as an idle connection', () => {
    expect(lines).toHaveLength(counted.total - 2)
  })

  test('counts the users that the client named, and nobody else', () => {
    expect(Object.keys(clients).sort()).toEqual(Object.keys(namedUsers(counted)).sort())
  })

  test('and each as often as the client sent it, but for what NGINX answers before it has read the header', () => {
    // Then $remote_user is empty: a request line that is no good, an URI that is too long, a second Content-Length.
    const unnamed = linesWith(lines, ' - - [')
    const missed = Object.entries(counted.user).filter(([user]) => user !== '-')
    const sent = missed.reduce((all, [, requests]) => all + requests, 0)
    const logged = sum(clients) + (rejected.client_invalid ?? 0) + (rejected.client_unauthenticated ?? 0)
    expect(rejected.client_missing).toBe(unnamed)
    expect(logged + unnamed).toBe(lines.length)
    expect(sent - logged).toBeLessThanOrEqual(linesWith(lines, ' - - [', ' 400 '))
    for (const [user, requests] of Object.entries(namedUsers(counted))) {
      expect(clients[user], user).toBeLessThanOrEqual(requests)
      expect(clients[user], user).toBeGreaterThanOrEqual(requests - 16)
    }
  })

  test('a user with a tab in it is doubtful, and each of its requests is kept with that reason', () => {
    expect(rejected.client_invalid).toBe(counted.user['tab\there'])
  })

  test('the one request that was answered with 401 counts for nobody', () => {
    expect(rejected.client_unauthenticated).toBe(counted.kinds['auth-bad'])
    expect(clients['fjord as']).toBe(linesWith(lines, ' - fjord as [') - 1)
  })

  test('the address it talked to is counted for every line, 401 or not', () => {
    const addresses = ship('nginx-combined', 'combined', 'remote_addr')
    expect(addresses.clients).toEqual({ '127.0.0.1': lines.length - 1, '::1': counted.kinds.ipv6 })
  })
})

describe('NGINX, JSON', () => {
  const counted = countedBy('nginx')
  const { lines, clients, rejected } = ship('nginx-json', 'nginx-json')
  /** What NGINX made of the client's keys. */
  const keys = {
    'nordlys-as': 'key-nordlys',
    'fjord-as': 'key-fjord',
    'smørbrød-as': 'key-smorbrod',
    'qu"ote\\as': 'key-quote',
  }

  test('counts whom a key names, and nobody else', () => {
    expect(Object.keys(clients).sort()).toEqual(Object.keys(keys).sort())
  })

  test.each(Object.entries(keys))(
    '%s as often as its key was sent and its header was read',
    (client, key) => {
      // The 27 odd requests all come with the first key; most of them are answered before the header is read.
      const logged = linesWith(lines, `"client_id":${JSON.stringify(client)},`)
      expect(logged).toBeLessThanOrEqual(counted.key[key] ?? 0)
      expect(clients[client]).toBe(
        logged - linesWith(lines, `"client_id":${JSON.stringify(client)},`, '"status":"401"'),
      )
    },
  )

  test('what no key came with, or what was answered before, has no client', () => {
    expect(rejected).toEqual({
      client_missing: linesWith(lines, '"client_id":"",'),
      client_unauthenticated: 1,
    })
    const shortfall = sum(counted.key) - (counted.key['-'] ?? 0) - sum(clients) - 1
    expect(shortfall).toBeLessThanOrEqual(linesWith(lines, '"client_id":"",', '"status":"400"'))
  })
})

describe.each([
  ['apache-combined', 'combined'],
  ['apache-combinedb', 'combined'],
  ['apache-common', 'common'],
  ['apache-common', 'combined'],
  ['apache-vhost', 'combined-vhost'],
])('Apache, %s read as %s', (sample, format) => {
  const counted = countedBy('apache')
  const { lines, clients, rejected } = ship(sample, format, 'remote_user')

  test('as many lines as the client sent requests, but one that never became one: an idle connection', () => {
    expect(lines).toHaveLength(counted.total - 1)
  })

  test('counts the users that the client named, as often as the log names them', () => {
    expect(Object.keys(clients).sort()).toEqual(Object.keys(namedUsers(counted)).sort())
    for (const [user, requests] of Object.entries(namedUsers(counted))) {
      // Apache answers some requests with 400 before it has read the header that names the user.
      expect(clients[user], user).toBeLessThanOrEqual(requests)
      expect(clients[user], user).toBeGreaterThanOrEqual(requests - 10)
    }
    expect(sum(clients)).toBe(lines.length - linesWith(lines, ' - - [') - linesWith(lines, ' - tab\\there ['))
  })

  test('no request without a user is counted for anybody', () => {
    expect(rejected).toEqual({
      client_missing: linesWith(lines, ' - - ['),
      client_invalid: counted.user['tab\there'],
    })
  })
})

test('a vhost before the line is not read as combined: it would stand in the place of the address', () => {
  const { clients, rejected, lines } = ship('apache-vhost', 'combined', 'remote_user')
  expect(clients).toEqual({})
  expect(rejected).toEqual({ line_not_combined: lines.length })
})

describe('HAProxy, option httplog clf', () => {
  const counted = countedBy('haproxy-clf')

  test('names no user, so that nobody is counted by one', () => {
    const { clients, rejected, lines } = ship('haproxy-clf', 'combined', 'remote_user')
    expect(clients).toEqual({})
    expect(rejected).toEqual({ client_missing: lines.length })
  })

  test('every request that the client sent counts for its address; an idle connection never became one', () => {
    const { clients } = ship('haproxy-clf', 'combined', 'remote_addr')
    expect(clients).toEqual({ '127.0.0.1': counted.total - 1 })
  })
})
