// The traffic plan: which request is made when, in virtual time. Pure: the same input gives
// the same plan. It says what is asked; what is answered and logged is up to NGINX.
import { hourMs, hourWeight, osloTime, recordingFromMs, recordingUntilMs } from './calendar.ts'
import { type Operation, type Trait, traits } from './operations.ts'
import { chooseIndex, type Random, runningSum, seededRandom } from './random.ts'
import type { Registry } from './registry.ts'
import { planVolumes, type Volume } from './volumes.ts'

/** What is wrong with a request; the API finds out and answers accordingly. */
type Flaw = 'none' | 'missing' | 'invalid' | 'duplicate' | 'overflow'

export interface PlannedRequest {
  atMs: number
  gateway: 0 | 1
  /** "client integration", or "" for a caller without a known key. */
  pair: string
  userAgent: string
  method: Operation['method']
  path: string
  query: string
  bodyBytes: number
  flaw: Flaw
  conditional: boolean
}

/** A nightly job run by curl: one connection, one request after the other. */
export interface CurlJob {
  atMs: number
  gateway: 0 | 1
  pair: string
  targets: string[]
}

export interface Plan {
  requests: PlannedRequest[]
  curlJobs: CurlJob[]
  /** The API behind the gateways is restarted then, and is away for a moment. */
  restartsMs: number[]
  unknownKeyRequests: number
}

const curlIntegration = 'payroll-bridge'
const unknownKeyRequests = 40
const gatewayOneShare = 0.63

export function makePlan(registry: Registry, seed: number): Plan {
  const plan: Plan = {
    requests: [],
    curlJobs: [],
    restartsMs: [Date.parse('2026-10-13T02:10:00Z'), Date.parse('2026-10-28T21:30:00Z')],
    unknownKeyRequests,
  }
  for (const volume of planVolumes(registry, seed)) {
    const name = `${volume.clientId} ${volume.integrationId} ${volume.loop ? 'loop' : 'plan'}`
    const random = seededRandom(seed, name)
    const trait = traits[volume.integrationId]
    if (trait === undefined) throw new Error(`no traits for ${volume.integrationId}`)
    if (volume.loop) planLoop(plan, volume, trait, random)
    else if (trait.habit === 'nightly') planNights(plan, volume, trait, random)
    else planSessions(plan, volume, trait, random)
  }
  planUnknownKeys(plan, seededRandom(seed, 'unknown keys'))
  plan.requests.sort((one, other) => one.atMs - other.atMs)
  plan.curlJobs.sort((one, other) => one.atMs - other.atMs)
  return plan
}

function pickGateway(random: Random): 0 | 1 {
  return random.chance(gatewayOneShare) ? 0 : 1
}

type Picker = (atMs: number, gateway: 0 | 1) => PlannedRequest

function makePicker(volume: Volume, trait: Trait, random: Random): Picker {
  const cumulative = runningSum(volume.operations.map(operation => operation.weight))
  // A client has its own favourites among the identifiers: the cube prefers low numbers.
  const shift = random.whole(0, 1000)
  return (atMs, gateway) => {
    const operation = volume.operations[chooseIndex(random, cumulative)]
    if (operation === undefined) throw new Error(`${volume.integrationId} does nothing`)
    const rank = Math.floor(random.next() ** 3 * operation.idCount)
    const isItem = operation.idCount > 0
    const isRead = operation.method === 'GET'
    const flaw = volume.flawless ? 'none' : pickFlaw(isItem, isRead, random)
    const id = flaw === 'missing' ? 9999 : 1001 + ((rank + shift) % Math.max(1, operation.idCount))
    return {
      atMs,
      gateway,
      pair: `${volume.clientId} ${volume.integrationId}`,
      userAgent: trait.userAgent,
      method: operation.method,
      path: isItem ? `${operation.path}/${id}` : operation.path,
      query: isRead && !isItem ? `?page=${1 + Math.floor(random.next() ** 3 * 8)}&pageSize=50` : '',
      bodyBytes: isRead ? 0 : random.whole(operation.bodyBytesLow, operation.bodyBytesHigh),
      flaw,
      conditional: isRead && isItem && random.chance(trait.conditionalShare),
    }
  }
}

function pickFlaw(isItem: boolean, isRead: boolean, random: Random): Flaw {
  const mark = random.next()
  if (isRead) return isItem && mark < 0.015 ? 'missing' : 'none'
  if (mark < 0.004) return 'overflow'
  if (mark < 0.016) return 'duplicate'
  return mark < 0.045 ? 'invalid' : 'none'
}

/** Sessions start where the hours are busy; exactly the planned number of requests comes out. */
function planSessions(plan: Plan, volume: Volume, trait: Trait, random: Random): void {
  const hours: number[] = []
  for (let atMs = volume.fromMs; atMs < volume.untilMs; atMs += hourMs) hours.push(atMs)
  const cumulative = runningSum(hours.map(atMs => hourWeight(trait.habit, atMs)))
  const pick = makePicker(volume, trait, random)
  let left = volume.requests
  while (left > 0) {
    const hour = hours[chooseIndex(random, cumulative)] ?? volume.fromMs
    let atMs = hour + random.next() * hourMs
    const gateway = pickGateway(random)
    let length = Math.ceil(random.waiting(trait.sessionRequests, 1))
    for (; length > 0 && left > 0 && atMs < volume.untilMs; length -= 1) {
      plan.requests.push(pick(atMs, gateway))
      left -= 1
      atMs += random.waiting(trait.gapMs, 300)
    }
  }
}

/** A loop is only as even as the answers it waits for. */
function planLoop(plan: Plan, volume: Volume, trait: Trait, random: Random): void {
  const pick = makePicker({ ...volume, flawless: true }, trait, random)
  const stepMs = (volume.untilMs - volume.fromMs) / volume.requests
  for (let index = 0; index < volume.requests; index += 1) {
    const atMs = volume.fromMs + (index + random.next()) * stepMs
    plan.requests.push(pick(atMs, random.chance(0.8) ? 0 : 1))
  }
}

/**
 * A job that starts by the wall clock, each night at the same minute. When the clocks go back,
 * a job between two and three o'clock runs twice, as cron would have it.
 */
function planNights(plan: Plan, volume: Volume, trait: Trait, random: Random): void {
  const localHour = random.whole(1, 5)
  const minuteMs = random.whole(0, 59) * 60_000
  const firstHourMs = Math.ceil(volume.fromMs / hourMs) * hourMs
  const starts: number[] = []
  for (let atMs = firstHourMs + minuteMs; atMs < volume.untilMs - hourMs; atMs += hourMs) {
    if (osloTime(atMs).hour === localHour) starts.push(atMs)
  }
  const pick = makePicker(volume, trait, random)
  starts.forEach((startMs, index) => {
    const before = Math.round((volume.requests * index) / starts.length)
    const count = Math.round((volume.requests * (index + 1)) / starts.length) - before
    const gateway = pickGateway(random)
    let atMs = startMs + random.waiting(4_000, 0)
    const requests: PlannedRequest[] = []
    for (let made = 0; made < count; made += 1) {
      requests.push(pick(atMs, gateway))
      atMs += random.waiting(trait.gapMs, 300)
    }
    if (volume.integrationId !== curlIntegration) plan.requests.push(...requests)
    else if (count > 0) {
      const targets = requests.map(request => request.path + request.query)
      plan.curlJobs.push({ atMs: startMs, gateway, pair: requests[0]?.pair ?? '', targets })
    }
  })
}

/** Mistyped, revoked or absent keys, a few here and there. */
function planUnknownKeys(plan: Plan, random: Random): void {
  for (let index = 0; index < unknownKeyRequests; index += 1) {
    plan.requests.push({
      atMs: recordingFromMs + hourMs + random.next() * (recordingUntilMs - recordingFromMs - 8 * hourMs),
      gateway: pickGateway(random),
      pair: '',
      userAgent: index % 3 === 0 ? 'curl/7.88.1' : 'webshop-sync/3.2',
      method: 'GET',
      path: index % 2 === 0 ? '/v1/invoices' : '/v1/customers',
      query: '',
      bodyBytes: 0,
      flaw: 'none',
      conditional: false,
    })
  }
}
