import type { Command, Option } from 'commander'

/**
 * Why a command line of the documents can't be typed; empty when it can. A synopsis is a command line too: brackets and
 * dots of what can be left out or repeated are passed over.
 */
export function checkCommandLine(program: Command, line: string): string[] {
  const [, ...words] = splitWords(line)
  const { command, rest } = findCommand(program, words)
  if (command.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('--'))
    return [`«${line}»: ${command.name()} has no command ${rest[0]}`]

  const { unknown, positional } = takeOptions(command, rest)
  const isUnbounded = command.registeredArguments.some(argument => argument.variadic)
  const most = isUnbounded ? Number.POSITIVE_INFINITY : command.registeredArguments.length
  return [
    ...unknown.map(flag => `«${line}»: ${command.name()} has no ${flag}`),
    ...(positional > most ? [`«${line}»: ${command.name()} takes ${most} arguments, not ${positional}`] : []),
  ]
}

/** The command that the words name, and what is left of them. */
export function findCommand(
  program: Command,
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  let command = program
  let rest = words
  for (;;) {
    const next = command.commands.find(each => each.name() === rest[0])
    if (next === undefined) return { command, rest }
    command = next
    rest = rest.slice(1)
  }
}

/** `--reason 'no key' [--json] WHERE...` in words: what stands in quotes is one. */
export function splitWords(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  return words
    .map(word => (/^["']/.test(word) ? 'TEXT' : word.replaceAll(/[[\]]|\.\.\./g, '')))
    .filter(Boolean)
}

function takeOptions(command: Command, words: readonly string[]) {
  const unknown: string[] = []
  let positional = 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('--')) positional += 1
    else if (word !== '--help') {
      const option = command.options.find(({ long }) => long === word)
      if (option === undefined) unknown.push(word)
      if (option !== undefined && takesValue(option)) index += 1
    }
  }
  return { unknown, positional }
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

/** The commands that do something, each by its whole name: `forbruk rejected list`. */
export function leavesOf(command: Command, before: readonly string[] = []): Map<string, Command> {
  const name = [...before, command.name()]
  if (command.commands.length === 0) return new Map([[name.join(' '), command]])
  return new Map(command.commands.flatMap(each => [...leavesOf(each, name)]))
}
