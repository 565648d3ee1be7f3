import { userInfo } from 'node:os'
import { expectSource } from '@forbruk/close/gate/expect-source.ts'
import { retireInstance } from '@forbruk/close/gate/retire-instance.ts'
import { retireSource } from '@forbruk/close/gate/retire-source.ts'
import { nameInstance } from '@forbruk/infra/ledger/sources/source-instances.ts'
import { readKnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import { acceptLost } from '@forbruk/intake/accept-lost.ts'
import { isLostFile } from '@forbruk/intake/place.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { acceptLoss } from '@forbruk/shipper/accept-loss.ts'
import { shipperStateDir } from '@forbruk/shipper/ship.ts'
import { Command } from 'commander'
import { printSourceList, sourceListAsJson } from '../print/source.ts'
import { printJson, printLine, spellTime } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseReason } from './parse-reason.ts'
import { parseSourceName } from './parse-source-name.ts'
import { reconcileCommand } from './source-reconcile.ts'

export function sourceCommand(context: CommandContext): Command {
  return new Command('source')
    .description('the log streams that events come from')
    .addCommand(listCommand(context))
    .addCommand(expectCommand(context))
    .addCommand(retireCommand(context))
    .addCommand(acceptLossCommand(context))
    .addCommand(reconcileCommand(context))
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('which sources a month waits for, since when, and how each stands')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const stream = parts.config.log.topic
      const listed = await readKnownSources(store, stream)
      if (options.json) printJson(sourceListAsJson(listed))
      else printSourceList(listed)
    })
}

function expectCommand(context: CommandContext): Command {
  return new Command('expect')
    .description('record that months wait for a source, even if it has not shipped anything yet')
    .argument('<name>', 'the source, as forbruk ship names it', parseSourceName)
    .option('--from <month>', 'the first month that waits for it, YYYY-MM; without it, every month')
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (source: string, options: { from?: string; actor?: string; json: boolean }) => {
      const from = options.from === undefined ? null : parseBillingPeriod(options.from)
      await using parts = openParts(context)
      const store = await parts.store()
      const stream = parts.config.log.topic
      const actor = options.actor ?? userInfo().username
      const act = { act: 'expect_source', subject: source, actor: options.actor } as const
      const { hasShipped } = await recordCommand(parts, act, () =>
        expectSource({ store, stream, source, from, actor, clock: Date.now }),
      )
      if (options.json) return printJson({ source, from: from?.month ?? null, hasShipped })
      const since = from === null ? 'in every month' : `from ${from.month} on`
      printLine(
        `${source} is expected ${since}; it has ${hasShipped ? 'shipped' : 'not shipped anything yet'}`,
      )
    })
}

function retireCommand(context: CommandContext): Command {
  return new Command('retire')
    .description('record that a source will ship no more, so that no close waits for it')
    .argument('<name>', 'the source, as forbruk source list has it')
    .option('--instance <id>', 'one of its shippers alone, as forbruk source list names it', parseReason)
    .requiredOption('--reason <text>', 'why, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (source: string, options: RetireOptions) => {
      if (options.instance !== undefined)
        return retireOneInstance(context, source, { ...options, instance: options.instance })
      await using parts = openParts(context)
      const { reason, actor = userInfo().username } = options
      const store = await parts.store()
      const stream = parts.config.log.topic
      const act = { act: 'retire_source', subject: source, actor: options.actor, reason } as const
      const retired = await recordCommand(parts, act, () =>
        retireSource({ store, stream, source, reason, actor, clock: Date.now }),
      )
      const { throughMs, missing } = retired
      const through = throughMs === null ? null : spellTime(throughMs)
      if (options.json) return printJson({ source, through, missing })
      const howFar = through === null ? 'never said how far it shipped' : `shipped through ${through}`
      printLine(`${source} is retired; it ${howFar}, ${missing} events are missing and accepted as lost`)
    })
}

type RetireOptions = AcceptOptions & { readonly instance?: string }

/** One of several that ship under the name. */
async function retireOneInstance(
  context: CommandContext,
  source: string,
  { instance, reason, actor, json }: Required<Pick<RetireOptions, 'instance'>> & RetireOptions,
): Promise<void> {
  await using parts = openParts(context)
  const store = await parts.store()
  const stream = parts.config.log.topic
  const act = { act: 'retire_source', subject: `${source} ${instance}`, actor, reason } as const
  const word = { store, stream, source, instance, reason, actor: actor ?? userInfo().username }
  const retired = await recordCommand(parts, act, () => retireInstance({ ...word, clock: Date.now }))
  const through = spellTime(retired.throughMs)
  if (json) return printJson({ source, instance, host: retired.host, through })
  printLine(
    `${source}: the shipper ${nameInstance(retired)} is retired; it vouched for what came through ${through}, ` +
      'and stands again when it is heard again',
  )
}

function acceptLossCommand(context: CommandContext): Command {
  return new Command('accept-loss')
    .description('record that what could not be shipped of a file is lost, so that it holds no mark back')
    .argument('<name>', 'the source')
    .argument(
      '<file>',
      'the file, as forbruk ship names it; or TOPIC/PARTITION:FROM-TO, as forbruk intake does',
    )
    .requiredOption('--reason <text>', 'why, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(
      async (source: string, file: string, options: { reason: string; actor?: string; json: boolean }) => {
        if (isLostFile(file)) return acceptLostOffsets(context, source, file, options)
        const settled = await acceptLoss({
          stateDir: shipperStateDir(context.readConfig().dataDir),
          source,
          file,
          reason: options.reason,
          actor: options.actor ?? userInfo().username,
          clock: Date.now,
        })
        if (options.json) return printJson(settled)
        for (const { path, reason } of settled)
          printLine(`${source}: ${path} (${reason}) is accepted as lost`)
      },
    )
}

type AcceptOptions = { readonly reason: string; readonly actor?: string; readonly json: boolean }

/** Of a shipper's topic: they are missing by the marks, and nothing of them is kept on this machine. */
async function acceptLostOffsets(
  context: CommandContext,
  source: string,
  file: string,
  { reason, actor, json }: AcceptOptions,
): Promise<void> {
  await using parts = openParts(context)
  const missing = await acceptLost({
    store: await parts.store(),
    log: await parts.log(),
    source,
    file,
    reason,
    actor: actor ?? userInfo().username,
    clock: Date.now,
  })
  if (json) printJson({ source, file, missing })
  else printLine(`${source}: ${missing} records of ${file} are accepted as lost`)
}
