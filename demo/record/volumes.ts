// How much each client and integration is used: a long tail, and a few characters of the story.
import { monthFromMs, recordingFromMs, recordingUntilMs } from './calendar.ts'
import { archiveOperations, loopOperations, type Operation, traits } from './operations.ts'
import { seededRandom } from './random.ts'
import { type Activation, isCounted, type Registry } from './registry.ts'

export interface Volume {
  clientId: string
  integrationId: string
  fromMs: number
  untilMs: number
  requests: number
  operations: readonly Operation[]
  /** Flawless traffic meets no client error: its count then holds however errors are counted. */
  flawless: boolean
  /** A loop runs evenly from start to end, day and night. */
  loop: boolean
}

interface Part {
  requests: number
  from?: string
  until?: string
  operations?: readonly Operation[]
  flawless?: boolean
  loop?: boolean
}

const totalRequests = 303_000
/** Below the demo allowance of 10 000 with room for chance. */
const countedRequestsHighest = 8_600

/** Roles with fixed volumes; everyone else gets a share of what is left. */
const cast: Readonly<Record<string, Part[]>> = {
  // The busy webshop: over the request allowance all by itself.
  'tangvall-netthandel webshop-sync': [{ requests: 22_800 }],
  // The runaway script: started before the weekend, noticed on Saturday morning.
  'skarvik-ror crm-link': [
    { requests: 2_400 },
    {
      requests: 19_000,
      from: '2026-10-16T14:40:00Z',
      until: '2026-10-17T05:10:00Z',
      operations: loopOperations,
      loop: true,
    },
  ],
  // One request over the allowance, and all of them well inside the month.
  'kornblomst-kaffe pos-terminal': [
    {
      requests: 10_001,
      from: '2026-10-02T00:00:00Z',
      until: '2026-10-30T23:00:00Z',
      flawless: true,
    },
  ],
  // Over the byte allowance only.
  'bautadal-bygg invoice-scan': [{ requests: 3_480, operations: archiveOperations }],
  'bautadal-bygg bureau-portal': [{ requests: 760 }],
  'bautadal-bygg timesheet': [{ requests: 620 }],
  'bautadal-bygg bank-feed': [{ requests: 540 }],
  // Heavy use that does not count: would be over if it did.
  'fjordfrakt web-app': [{ requests: 9_200 }],
  'fjordfrakt year-end': [{ requests: 3_300 }],
}

function toVolume(activation: Activation, part: Part): Volume {
  const { clientId, integrationId } = activation
  return {
    clientId,
    integrationId,
    fromMs: Math.max(activation.fromMs, Date.parse(part.from ?? '') || recordingFromMs),
    untilMs: Math.min(activation.untilMs, Date.parse(part.until ?? '') || recordingUntilMs),
    requests: part.requests,
    operations: part.operations ?? traits[integrationId]?.operations ?? [],
    flawless: part.flawless ?? false,
    loop: part.loop ?? false,
  }
}

export function planVolumes(registry: Registry, seed: number): Volume[] {
  const fixed: Volume[] = []
  const ordinary: Volume[] = []
  const wholeWindowMs = recordingUntilMs - monthFromMs
  for (const activation of registry.activations) {
    const { clientId, integrationId, fromMs, untilMs } = activation
    if (untilMs <= recordingFromMs || fromMs >= recordingUntilMs) continue
    const parts = cast[`${clientId} ${integrationId}`]
    if (parts !== undefined) {
      fixed.push(...parts.map(part => toVolume(activation, part)))
      continue
    }
    const size = Math.min(4, Math.max(0.06, seededRandom(seed, clientId).tail(0.9)))
    const jitter = seededRandom(seed, `${clientId} ${integrationId}`).tail(0.35)
    const volume = toVolume(activation, { requests: 0 })
    const share = Math.min(1, (volume.untilMs - volume.fromMs) / wholeWindowMs)
    volume.requests = (traits[integrationId]?.monthlyRequests ?? 0) * size * jitter * share
    ordinary.push(volume)
  }
  const left = totalRequests - sum(fixed)
  const scale = left / sum(ordinary)
  for (const volume of ordinary) volume.requests *= scale
  capCounted(registry, fixed, ordinary)
  // What the cap took away is given back to the uncounted use.
  const internal = ordinary.filter(volume => !counts(registry, volume))
  const again = 1 + (left - sum(ordinary)) / sum(internal)
  for (const volume of internal) volume.requests *= again
  for (const volume of ordinary) volume.requests = Math.max(1, Math.round(volume.requests))
  return [...fixed, ...ordinary]
}

function sum(volumes: readonly Volume[]): number {
  return volumes.reduce((total, volume) => total + volume.requests, 0)
}

function counts(registry: Registry, volume: Volume): boolean {
  return isCounted(registry.kindByIntegration.get(volume.integrationId))
}

function capCounted(registry: Registry, fixed: Volume[], ordinary: Volume[]): void {
  for (const { clientId } of registry.clients) {
    const mine = ordinary.filter(each => each.clientId === clientId && counts(registry, each))
    const taken = sum(fixed.filter(each => each.clientId === clientId && counts(registry, each)))
    const room = Math.max(800, countedRequestsHighest - taken)
    const shrink = Math.min(1, room / Math.max(1, sum(mine)))
    for (const volume of mine) volume.requests *= shrink
  }
}
