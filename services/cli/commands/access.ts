import { userInfo } from 'node:os'
import { makeToken } from '@forbruk/infra/access/make-token.ts'
import { readActs } from '@forbruk/infra/access/read-acts.ts'
import { listTokens } from '@forbruk/infra/access/read-tokens.ts'
import { revokeToken } from '@forbruk/infra/access/revoke-token.ts'
import { EXPIRY_DAYS_MAX, newTokenShape, tokenNameShape } from '@forbruk/schemas/access/access-token.ts'
import { ROLES, type Role } from '@forbruk/schemas/access/role.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { Command, Option } from 'commander'
import { printActs, printMadeToken, printTokens } from '../print/access.ts'
import { printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { LIST_LIMIT } from './list-limit.ts'
import { parseReason } from './parse-reason.ts'
import { parseShape } from './parse-shape.ts'

export function accessCommand(context: CommandContext): Command {
  return new Command('access')
    .description('who may use the console and its API, beside whoever is on this machine')
    .addCommand(
      new Command('token')
        .description('by which programs and people are let in')
        .addCommand(addCommand(context))
        .addCommand(listCommand(context))
        .addCommand(revokeCommand(context)),
    )
    .addCommand(logCommand(context))
}

type AddFlags = { role: Role[]; client?: string; partner?: string; expiresDays?: number; json: boolean }

function addCommand(context: CommandContext): Command {
  return new Command('add')
    .description('make a token; it is shown this once. From the first one on nobody is let in without')
    .argument('<name>', 'who acts by it; never used twice', parseShape(tokenNameShape))
    .addOption(new Option('--role <role...>', 'what its holder may do').choices(ROLES).makeOptionMandatory())
    .addOption(new Option('--client <id>', 'of a reader: sees this client alone').conflicts('partner'))
    .option(
      '--partner <id>',
      'of a reader: sees this partner and its clients, each in the months in which it has them',
    )
    .option(
      '--expires-days <n>',
      'after how many days it ends; without it, when it is revoked',
      parseShape(wholeNumberShape(1, EXPIRY_DAYS_MAX)),
    )
    .option('--json', 'print as JSON', false)
    .action(
      async (name: string, { role, client, partner, expiresDays, json }: AddFlags, command: Command) => {
        const asked = {
          name,
          roles: role,
          clientId: client,
          partnerId: partner,
          expiresAfterDays: expiresDays,
        }
        const token = newTokenShape.safeParse(asked)
        if (!token.success) return command.error(`error: expected ${token.error.issues[0]?.message}`)
        await using parts = openParts(context)
        const store = await parts.store()
        const made = await recordCommand(parts, { act: 'make_token', subject: name }, () =>
          makeToken({ store, clock: Date.now }, token.data, userInfo().username),
        )
        if (json) printJson(made)
        else printMadeToken(made)
      },
    )
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('every token that was made, what it may do, and whether it holds; and who is logged in')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const nowMs = Date.now()
      const tokens = await listTokens(await parts.readableStore(), nowMs)
      if (options.json) printJson(tokens)
      else printTokens(tokens, nowMs)
    })
}

function revokeCommand(context: CommandContext): Command {
  return new Command('revoke')
    .description('end a token or a session, for good: nothing is let in by it two seconds later')
    .argument('<name>', 'as access token list has it')
    .requiredOption('--reason <text>', 'why, recorded', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (name: string, { reason, json }: { reason: string; json: boolean }) => {
      await using parts = openParts(context)
      const store = await parts.store()
      await recordCommand(parts, { act: 'revoke_token', subject: name, reason }, () =>
        revokeToken({ store, name, reason, revokedBy: userInfo().username, clock: Date.now }),
      )
      if (json) printJson({ name })
      else printLine(`${name} is revoked: nothing is let in by it any more`)
    })
}

function logCommand(context: CommandContext): Command {
  return new Command('log')
    .description('who did what, by the console, by commands and by schedule; newest first')
    .option('--limit <n>', 'at most so many', parseShape(LIST_LIMIT), 50)
    .option('--json', 'print as JSON', false)
    .action(async ({ limit, json }: { limit: number; json: boolean }) => {
      await using parts = openParts(context)
      const acts = await readActs(await parts.readableStore(), { before: null, limit })
      if (json) printJson(acts)
      else printActs(acts)
    })
}
