import { type Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { createProgram } from './program.ts'

function pathsOf(command: Command): string[][] {
  return [[], ...command.commands.flatMap(each => pathsOf(each).map(path => [each.name(), ...path]))]
}

function silence(command: Command): Command {
  command.configureOutput({ writeErr: () => {} })
  for (const each of command.commands) silence(each)
  return command
}

const readConfig = () => {
  throw new Error('nothing is opened')
}

test.each(pathsOf(createProgram({ readConfig })).map(path => [path.join(' '), path] as const))(
  'an option that «forbruk %s» has not is wrong usage, and ends no process by itself',
  async (_, path) => {
    const asked = silence(createProgram({ readConfig })).parseAsync([...path, '--no-such'], { from: 'user' })
    await expect(asked).rejects.toBeInstanceOf(CommanderError)
  },
)

test('--version prints the one of package.json, and opens nothing', async () => {
  let said = ''
  const program = createProgram({ readConfig }).configureOutput({
    writeOut: text => {
      said += text
    },
  })
  await expect(program.parseAsync(['--version'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 })
  expect(said).toBe(`${manifest.version}\n`)
})
