import { userInfo } from 'node:os'
import { addStep } from '@forbruk/close/dialogue/add-step.ts'
import { listCases } from '@forbruk/close/dialogue/list-cases.ts'
import { readCase } from '@forbruk/close/dialogue/read-dialogues.ts'
import {
  actorShape,
  agreedAmountShape,
  type CaseAction,
  dayShape,
  monthShape,
  type Outcome,
  shareShape,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { noteShape } from '@forbruk/schemas/text/plain-text.ts'
import { Argument, Command, Option } from 'commander'
import { printCase, printCases } from '../print/case.ts'
import { printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseShape } from './parse-shape.ts'

const OUTCOME_OF = {
  charge: 'charge',
  waive: 'waived',
  'reduced-usage': 'reduced_usage',
} as const satisfies Record<string, Outcome>

type EditFlags = { note: string; actor?: string; json: boolean }

export function caseCommand(context: CommandContext): Command {
  const contact = editCommand('contact', 'that the client was contacted').action(
    async (id: string, flags: EditFlags) => edit(context, id, flags, { kind: 'contact', note: flags.note }),
  )
  return new Command('case')
    .description('the dialogue with clients above their allowance, from opened to decided')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(contact)
    .addCommand(decideCommand(context))
    .addCommand(reopenCommand(context))
    .addCommand(noteCommand(context))
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('the cases, newest months first')
    .addOption(new Option('--state <state>', 'only those').choices(['open', 'decided']))
    .option('--json', 'print as JSON', false)
    .action(async (options: { state?: 'open' | 'decided'; json: boolean }) => {
      await using parts = openParts(context)
      const cases = await listCases(await parts.readableStore(), Date.now(), { state: options.state })
      if (options.json) return printJson(cases)
      printCases(cases)
    })
}

function showCommand(context: CommandContext): Command {
  return new Command('show')
    .description('what a case is about, and all that happened in it')
    .argument('<id>', 'such as acme/2026-10')
    .option('--json', 'print as JSON', false)
    .action(async (id: string, options: { json: boolean }) => {
      await using parts = openParts(context)
      const known = await readCase(await parts.readableStore(), id)
      if (options.json) return printJson(known)
      const { timeZone } = await readTariffFile(parts.config.tariffPath)
      printCase(known, timeZone)
    })
}

function decideCommand(context: CommandContext): Command {
  type DecideFlags = EditFlags & {
    month?: string[]
    amountNok?: string
    share?: string
    withoutContact?: string
  }
  return new Command('decide')
    .description('what becomes of the proposed overage; the next close of the month makes a revision of it')
    .argument('<id>', 'such as acme/2026-10')
    .addArgument(new Argument('<outcome>', 'what becomes of it').choices(Object.keys(OUTCOME_OF)))
    .requiredOption('--note <text>', 'why', parseShape(noteShape))
    .option('--month <month...>', 'only these months of the case, YYYY-MM', parseMonth)
    .addOption(
      new Option('--amount-nok <amount>', 'of charge: as much of what is proposed, as agreed')
        .argParser(parseShape(agreedAmountShape))
        .conflicts('share'),
    )
    .option(
      '--share <percent>',
      'of charge: this share of what is proposed, as agreed',
      parseShape(shareShape),
    )
    .option('--without-contact <reason>', 'of charge: why nobody was contacted', parseShape(noteShape))
    .option('--actor <name>', 'who decides; without it, the user of this machine', parseShape(actorShape))
    .option('--json', 'print the case as JSON', false)
    .action(async (id: string, outcome: keyof typeof OUTCOME_OF, flags: DecideFlags, command: Command) =>
      edit(context, id, flags, {
        kind: 'decide',
        outcome: OUTCOME_OF[outcome],
        months: flags.month ?? null,
        note: flags.note,
        ...pickTerms(outcome, flags, command),
      }),
    )
}

type Terms = { amountNok?: string; share?: string; withoutContact?: string }

function pickTerms(outcome: string, { amountNok, share, withoutContact }: Terms, command: Command) {
  if (outcome === 'charge') return { amountNok, sharePercent: share, withoutContact }
  if ((amountNok ?? share ?? withoutContact) === undefined) return {}
  return command.error('error: --amount-nok, --share and --without-contact go with charge alone')
}

function reopenCommand(context: CommandContext): Command {
  return editCommand('reopen', 'takes a decision back: it is proposed again from the next close on')
    .option('--month <month...>', 'only these months of the case, YYYY-MM', parseMonth)
    .action(async (id: string, flags: EditFlags & { month?: string[] }) =>
      edit(context, id, flags, { kind: 'reopen', months: flags.month ?? null, note: flags.note }),
    )
}

function noteCommand(context: CommandContext): Command {
  return editCommand('note', 'a remark, also after the decision')
    .option('--follow-up <day>', 'when to come back to it, YYYY-MM-DD', parseShape(dayShape))
    .action(async (id: string, flags: EditFlags & { followUp?: string }) =>
      edit(context, id, flags, { kind: 'note', note: flags.note, followUp: flags.followUp }),
    )
}

function editCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'such as acme/2026-10')
    .requiredOption('--note <text>', 'what there is to say', parseShape(noteShape))
    .option('--actor <name>', 'who did it; without it, the user of this machine', parseShape(actorShape))
    .option('--json', 'print the case as JSON', false)
}

async function edit(
  context: CommandContext,
  caseId: string,
  flags: EditFlags,
  action: CaseAction,
): Promise<void> {
  await using parts = openParts(context)
  const { timeZone } = await readTariffFile(parts.config.tariffPath)
  const actor = flags.actor ?? userInfo().username
  const store = await parts.store()
  const act = { act: 'add_case_step', subject: caseId, actor: flags.actor } as const
  const known = await recordCommand(parts, act, () =>
    addStep({ store, caseId, action, actor, clock: Date.now }),
  )
  if (flags.json) return printJson(known)
  printCase(known, timeZone)
  const step = known.steps.at(-1)
  if (step?.kind !== 'decided' && step?.kind !== 'reopened') return
  printLine()
  const what = step.kind === 'decided' ? 'the decision is' : 'it is proposed again'
  printLine(`${what} on the statement from the next close on:`)
  for (const month of step.months) printLine(`  forbruk close ${month}`)
}

function parseMonth(text: string, before: string[] = []): string[] {
  return [...before, parseShape(monthShape)(text)]
}
