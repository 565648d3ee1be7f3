import { readConfig } from '@forbruk/infra/runtime/config.ts'
import { makePrintable } from '@forbruk/schemas/text/make-printable.ts'
import { CommanderError } from 'commander'
import { explainFailure } from './print/explain-failure.ts'
import { createProgram } from './program.ts'

try {
  const program = await createProgram({ readConfig: () => readConfig(process.env) }, process.argv[2])
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already; asking for help is no mistake.
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else {
    const { message, exitCode } = explainFailure(error)
    process.stderr.write(`forbruk: ${makePrintable(message)}\n`)
    process.exitCode = exitCode
  }
}
