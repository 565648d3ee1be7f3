import type { ClosingParts } from '@forbruk/close/close-and-announce.ts'
import { chooseAnnouncePolicy } from '@forbruk/close/statements/choose-announce-policy.ts'
import type { Parts } from './open-parts.ts'
import { readTariffFile } from './read-tariff-file.ts'

/** What the close takes of a command's outside world. */
export function closingParts(parts: Pick<Parts, 'config' | 'store' | 'log' | 'statementsLog'>): ClosingParts {
  const { config } = parts
  return {
    openStore: () => parts.store(),
    openLog: () => parts.log(),
    statementsTopic: config.statementsTopic,
    openStatementsLog: () => parts.statementsLog(),
    announce: chooseAnnouncePolicy(config.announce, 'person'),
    readTariff: () => readTariffFile(config.tariffPath),
    clock: Date.now,
  }
}
