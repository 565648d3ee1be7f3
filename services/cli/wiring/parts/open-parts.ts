import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type EventLogSettings, openEventLog } from '@forbruk/infra/log/open-event-log.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { createLogger } from '@forbruk/infra/runtime/logger.ts'
import { MIGRATIONS, migrate, requireMigrated } from '@forbruk/infra/store/migrate.ts'
import { openReadableStore, openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Logger } from 'pino'

/** What a command may ask for before it begins. */
export type CommandContext = { readonly readConfig: () => Config }

/** The outside world of a command, closed in the order of need when the command ends. */
export type Parts = AsyncDisposable & {
  readonly config: Config
  readonly logger: Logger
  /** Opened at first use. */
  log(): Promise<EventLog>
  /** The topic that statements are announced on. */
  statementsLog(): Promise<EventLog>
  /** A store that can be written to, its tables and views up to date. */
  store(): Promise<Store>
  /** A store to read from, if need be through the process that holds it. */
  readableStore(): Promise<Store>
}

export function openParts(context: CommandContext): Parts {
  const config = context.readConfig()
  const logger = createLogger(config.logLevel)
  let log: Promise<EventLog> | null = null
  let statementsLog: Promise<EventLog> | null = null
  let store: Promise<Store> | null = null
  return {
    config,
    logger,
    log() {
      // Asked for again and again by a process that stays up: what failed once may be there by then.
      log ??= openEventLog(logSettings(config.log, logger)).catch(error => {
        log = null
        throw error
      })
      return log
    },
    statementsLog() {
      statementsLog ??= openEventLog(
        logSettings({ ...config.log, topic: config.statementsTopic }, logger),
      ).catch(error => {
        statementsLog = null
        throw error
      })
      return statementsLog
    },
    store() {
      store ??= openStore(config.store).then(async opened => {
        await migrate(opened, MIGRATIONS, Date.now)
        return opened
      })
      return store
    },
    readableStore() {
      store ??= openReadableStore(config.store).then(async opened => {
        // An empty folder has no views yet; what others share is brought up to date by who writes to it.
        if (opened.kind === 'embedded') await migrate(opened, MIGRATIONS, Date.now)
        else await requireMigrated(opened, MIGRATIONS)
        return opened
      })
      return store
    },
    async [Symbol.asyncDispose]() {
      const opened = [await settled(store), await settled(statementsLog), await settled(log)]
      for (const part of opened) await part?.close()
    },
  }
}

/** The log as it is opened, here or for another topic of it. */
export function logSettings(config: Config['log'], logger: Logger): EventLogSettings {
  return config.kind === 'kafka' ? { ...config, logger } : { ...config, clock: Date.now }
}

/** A part that failed to open has said so already, and has nothing to close. */
async function settled<Part>(part: Promise<Part> | null): Promise<Part | null> {
  return part === null ? null : part.catch(() => null)
}
