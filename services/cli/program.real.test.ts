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

test.each(pathsOf(await createProgram({ readConfig })).map(path => [path.join(' '), path] as const))(
  'an option that «forbruk %s» has not is wrong usage, and ends no process by itself',
  async (_, path) => {
    const asked = silence(await createProgram({ readConfig })).parseAsync([...path, '--no-such'], {
      from: 'user',
    })
    await expect(asked).rejects.toBeInstanceOf(CommanderError)
  },
)

test('--version prints the one of package.json, and opens nothing', async () => {
  let said = ''
  const program = (await createProgram({ readConfig })).configureOutput({
    writeOut: text => {
      said += text
    },
  })
  await expect(program.parseAsync(['--version'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 })
  expect(said).toBe(`${manifest.version}\n`)
})

test('a command that is typed is the same when it is loaded alone', async () => {
  const all = await createProgram({ readConfig })
  for (const { name, help } of all.commands.map(each => ({
    name: each.name(),
    help: each.helpInformation(),
  }))) {
    const { commands } = await createProgram({ readConfig }, name)
    expect(commands.map(each => each.helpInformation())).toEqual([help])
  }
})
