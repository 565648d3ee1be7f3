import type { Declaration } from '@forbruk/schemas/gateway/declaration.ts'
import { DECLARATIONS } from '@forbruk/schemas/gateway/declarations.ts'
import type { EnvelopeName } from '@forbruk/schemas/gateway/envelope.ts'
import { openDeclared } from '@forbruk/schemas/gateway/formats.ts'
import { recogniseFormat } from '@forbruk/schemas/gateway/recognise-format.ts'
import { Command } from 'commander'
import { printChecked, printFormat, printFormats, printUnrecognised } from '../print/formats.ts'
import { printJson } from '../print/table.ts'
import { checkLog } from '../wiring/log/check-log.ts'
import { measureSpeed } from '../wiring/measure-speed.ts'
import type { CommandContext } from '../wiring/parts/open-parts.ts'
import { findFormat, type GatewayFieldOptions } from '../wiring/parts/read-format-file.ts'
import { readFirstLines } from '../wiring/read-first-lines.ts'
import { withGatewayFields } from './gateway-format-options.ts'

const BYTES_MAX = 16 * 1024 * 1024
const LINES_SHOWN = 5
/** As many as tell one format from another. */
const LINES_RECOGNISED_BY = 200
const SPEED_MEASURED_MS = 300

export function formatsCommand(_context: CommandContext): Command {
  return new Command('formats')
    .description('how the logs of gateways are read')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(checkCommand())
}

function listCommand(): Command {
  return new Command('list')
    .description('every format that comes with Forbruk, and whether it was read from a real run')
    .option('--json', 'print them whole, as JSON', false)
    .action(({ json }: { json: boolean }) => (json ? printJson(DECLARATIONS) : printFormats(DECLARATIONS)))
}

function showCommand(): Command {
  return new Command('show')
    .description('what a format reads, on whose word, and its traps')
    .argument('<format>', 'its name, or the file of your own')
    .option('--json', 'print its file, to begin one of your own with', false)
    .action((name: string, { json }: { json: boolean }) => {
      const { declaration } = findFormat(name)
      return json ? printJson(declaration) : printFormat(declaration)
    })
}

type CheckOptions = GatewayFieldOptions & { format?: string; json: boolean }

function checkCommand(): Command {
  const command = new Command('check')
    .description('say how a log of yours would be read; nothing is sent')
    .argument('<file>', 'a log, compressed by gzip or zstd too; its first 16 MiB are read')
    .option('--format <format>', 'how its lines are written; recognised without it')
  return withGatewayFields(command)
    .option('--json', 'print the result as JSON', false)
    .action(async (file: string, options: CheckOptions) => {
      const { lines, bytes, isWhole } = await readFirstLines(file, BYTES_MAX)
      const sample = lines.slice(0, LINES_RECOGNISED_BY)
      const found =
        options.format === undefined
          ? recogniseFormat(sample)
          : { ...findFormat(options.format), alike: [] as readonly string[] }
      if (found === null) {
        process.exitCode = 1
        return options.json
          ? printJson({ file, format: null, lines: lines.length })
          : printUnrecognised(file, lines.length)
      }
      const { declaration, envelope, alike } = found
      const client = options.clientField ?? declaration.client ?? findShown(declaration, envelope, sample)
      const format = openDeclared(declaration, envelope, { client, integration: options.integrationField })
      const checked = checkLog(lines, format, LINES_SHOWN)
      const speed = measureSpeed(lines, format, { clock: () => performance.now(), forMs: SPEED_MEASURED_MS })
      if (checked.requests === 0) process.exitCode = 1
      const result = {
        file,
        format: nameOf(options.format, declaration, envelope),
        alike,
        client: format.client,
        isClientChosen: (options.clientField ?? declaration.client) !== null,
        bytesBasis: format.bytesBasis,
        timeBasis: format.timeBasis,
        bytes,
        isWhole,
        ...checked,
        speed,
      }
      return options.json ? printJson(result) : printChecked(result, declaration)
    })
}

function nameOf(given: string | undefined, { format }: Declaration, envelope: EnvelopeName | null): string {
  return given ?? (envelope === null ? format : `${envelope}+${format}`)
}

/** To show lines by, where nobody has chosen who is metered: what a gateway vouches for, if lines have it. */
function findShown(
  declaration: Declaration,
  envelope: EnvelopeName | null,
  sample: readonly Buffer[],
): string {
  const names = Object.entries(declaration.fields).toSorted(
    ([, one], [, other]) => Number(other.setBy === 'gateway') - Number(one.setBy === 'gateway'),
  )
  const isRead = ([client]: (typeof names)[number]) =>
    checkLog(sample, openDeclared(declaration, envelope, { client }), 0).requests > 0
  return (names.find(isRead) ?? names[0])?.[0] ?? declaration.status.field
}
