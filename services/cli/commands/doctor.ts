import { Command } from 'commander'
import { examineMachine } from '../doctor/examine-machine.ts'
import type { Finding } from '../doctor/finding.ts'
import { printJson, printLine } from '../print/table.ts'
import type { CommandContext } from '../wiring/parts/open-parts.ts'

const CHECK_WIDTH = 16
const STATE_WIDTH = 9

export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('what is missing on this machine, and what to do about it; changes nothing')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      const findings: Finding[] = []
      for await (const finding of examineMachine(context.readConfig)) {
        findings.push(finding)
        if (!options.json) printLine(lineOf(finding))
      }
      if (options.json) printJson(findings)
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1
    })
}

/** Each as soon as it is known: brokers that don't answer take their time. */
function lineOf({ check, state, found }: Finding): string {
  const indented = found.replaceAll('\n', `\n${' '.repeat(CHECK_WIDTH + STATE_WIDTH)}`)
  return `${check.padEnd(CHECK_WIDTH)}${state.padEnd(STATE_WIDTH)}${indented}`
}
