import type { MadeToken } from '@forbruk/infra/access/make-token.ts'
import type { AccessToken } from '@forbruk/schemas/access/access-token.ts'
import type { ActEntry } from '@forbruk/schemas/access/act.ts'
import { printLine, printTable } from './table.ts'

export function printMadeToken({ secret, token }: MadeToken): void {
  printLine(secret)
  printLine()
  printLine(
    `That is ${token.name}, shown this once. It sees ${spellScope(token)}, and holds ${spellEnd(token)}.`,
  )
}

export function printTokens(tokens: readonly AccessToken[], nowMs: number): void {
  if (tokens.length === 0) {
    printLine('no tokens: whoever is on this machine is let in, and FORBRUK_API_TOKEN where it is set')
    return
  }
  printTable(
    ['name', 'who', 'may', 'sees', 'made by', 'at', 'holds'].map(title => ({ title })),
    tokens.map(token => [
      token.name,
      token.actor,
      token.roles.join(', '),
      spellScope(token),
      token.madeBy,
      token.madeAt,
      spellState(token, nowMs),
    ]),
  )
}

export function printActs(acts: readonly ActEntry[]): void {
  if (acts.length === 0) {
    printLine('nothing is recorded yet')
    return
  }
  printTable(
    ['at', 'who', 'known by', 'said', 'did', 'to', 'why', 'outcome'].map(title => ({ title })),
    acts.map(({ at, actor, via, saidActor, act, subject, reason, outcome }) => [
      at,
      actor,
      via,
      saidActor ?? '',
      act,
      subject,
      reason ?? '',
      outcome,
    ]),
  )
}

function spellScope({ clientId, partnerId }: AccessToken): string {
  if (clientId !== null) return `client ${clientId}`
  return partnerId === null ? 'everything' : `partner ${partnerId} and its clients`
}

function spellEnd({ expiresAt }: AccessToken): string {
  return expiresAt === null ? 'until it is revoked' : `until ${expiresAt}`
}

function spellState(token: AccessToken, nowMs: number): string {
  const { revoked, expiresAt } = token
  if (revoked !== null) return `no: revoked ${revoked.at} by ${revoked.by}, ${revoked.reason}`
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return `no: expired ${expiresAt}`
  return spellEnd(token)
}
