import { userInfo } from 'node:os'
import { addRule } from '@forbruk/close/rejected/add-rule.ts'
import { endRule } from '@forbruk/close/rejected/end-rule.ts'
import { readRules } from '@forbruk/close/rejected/read-rules.ts'
import { actorShape, monthShape, shareShape } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { reasonCodeShape, ruleNameShape, waiverRuleShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { noteShape } from '@forbruk/schemas/text/plain-text.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { Command } from 'commander'
import { printRules } from '../print/rejected-rule.ts'
import { printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseShape } from './parse-shape.ts'
import { parseSourceName } from './parse-source-name.ts'
import { parseStatuses } from './parse-statuses.ts'

export function ruleCommand(context: CommandContext): Command {
  return new Command('rule')
    .description('what a close may let go without a person who looks at each')
    .addCommand(addCommand(context))
    .addCommand(listCommand(context))
    .addCommand(endCommand(context))
}

type AddFlags = {
  reasonCode: string
  status: number[]
  source?: string
  format?: string
  maxEvents?: number
  maxShare?: string
  from: string
  until?: string
  reason: string
  actor?: string
  json: boolean
}

function addCommand(context: CommandContext): Command {
  return new Command('add')
    .description(
      'let such events go from a month on, as far as a bound; takes --max-events, --max-share or both',
    )
    .argument('<name>', 'what closes call it; never used twice', parseShape(ruleNameShape))
    .requiredOption('--reason-code <code>', 'what they were rejected for', parseShape(reasonCodeShape))
    .option(
      '--status <statuses>',
      'only those answered with one of these, such as 401,403',
      parseStatuses,
      [],
    )
    .option('--source <name>', 'only those of this source', parseSourceName)
    .option('--format <name>', 'only those of sources that ship this format')
    .option(
      '--max-events <n>',
      'at most so many in a month',
      parseShape(wholeNumberShape(1, Number.MAX_SAFE_INTEGER)),
    )
    .option('--max-share <percent>', "at most this share of the month's requests", parseShape(shareShape))
    .requiredOption('--from <month>', 'the first month it holds for, YYYY-MM', parseShape(monthShape))
    .option('--until <month>', 'the last, YYYY-MM; without it, until it is ended', parseShape(monthShape))
    .requiredOption('--reason <text>', 'why they need not be counted, recorded', parseShape(noteShape))
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseShape(actorShape))
    .option('--json', 'print as JSON', false)
    .action(async (name: string, flags: AddFlags, command: Command) => {
      const { reasonCode, status, source, format, maxEvents, maxShare, from, until, reason } = flags
      const rule = waiverRuleShape.safeParse({
        ...{ name, reasonCode, statuses: status, source, format, reason },
        ...{ eventsMax: maxEvents, sharePercentMax: maxShare, fromMonth: from, untilMonth: until },
        actor: flags.actor ?? userInfo().username,
      })
      if (!rule.success) return command.error(`error: expected ${rule.error.issues[0]?.message}`)
      await using parts = openParts(context)
      const stream = parts.config.log.topic
      const store = await parts.store()
      const act = { act: 'add_rule', subject: name, actor: flags.actor, reason } as const
      const added = await recordCommand(parts, act, () =>
        addRule({ store, stream, rule: rule.data, clock: Date.now }),
      )
      if (flags.json) printJson(added)
      else printRules([added])
    })
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('every rule, with its bound, who added it and when it ended')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const rules = await readRules(await parts.readableStore(), parts.config.log.topic)
      if (options.json) printJson(rules)
      else printRules(rules)
    })
}

type EndFlags = { until: string; reason: string; actor?: string; json: boolean }

function endCommand(context: CommandContext): Command {
  return new Command('end')
    .description('let a rule hold no longer; what it waived in closed months stays explained')
    .argument('<name>', 'the rule, as rejected rule list has it')
    .requiredOption('--until <month>', 'the last month it holds for, YYYY-MM', parseShape(monthShape))
    .requiredOption('--reason <text>', 'why, recorded', parseShape(noteShape))
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseShape(actorShape))
    .option('--json', 'print as JSON', false)
    .action(async (name: string, { until, reason, actor, json }: EndFlags) => {
      const end = { untilMonth: until, reason, actor: actor ?? userInfo().username }
      await using parts = openParts(context)
      const stream = parts.config.log.topic
      const store = await parts.store()
      const ended = await recordCommand(parts, { act: 'end_rule', subject: name, actor, reason }, () =>
        endRule({ store, stream, name, end, clock: Date.now }),
      )
      if (json) return printJson(ended)
      printLine(`rule ${name} holds until ${ended.ended?.untilMonth}, and no longer`)
    })
}
