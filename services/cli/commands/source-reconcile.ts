import { userInfo } from 'node:os'
import { countServed, type Served } from '@forbruk/close/reconcile/count-served.ts'
import { describeReconciliation, toCompared } from '@forbruk/close/reconcile/judge-reconciliation.ts'
import { readScrape } from '@forbruk/close/reconcile/read-scrape.ts'
import { reconcileSource } from '@forbruk/close/reconcile/reconcile-source.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { Command } from 'commander'
import { startProgressBar } from '../print/progress-bar.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readScrapes } from '../wiring/read-scrapes.ts'
import { parseInstant } from './parse-instant.ts'
import { parseReason } from './parse-reason.ts'
import { parseShape } from './parse-shape.ts'
import { parseSourceName } from './parse-source-name.ts'

const COUNT = wholeNumberShape(0, 999_999_999_999_999)

type Options = {
  from: number
  to: number
  served?: number
  metrics?: string[]
  label?: string[]
  tolerance: number
  actor?: string
  json: boolean
}

export function reconcileCommand(context: CommandContext): Command {
  return new Command('reconcile')
    .description("compare what a gateway's own counters say that it served with what arrived, and record it")
    .argument('<name>', 'the source', parseSourceName)
    .requiredOption(
      '--from <time>',
      'when the first scrape was taken, such as 2026-11-01T00:00:00Z',
      parseInstant,
    )
    .requiredOption('--to <time>', 'when the last one was taken', parseInstant)
    .option(
      '--served <count>',
      'how many requests it served, where no counters can be read',
      parseShape(COUNT),
    )
    .option(
      '--metrics <place...>',
      "its counters, as files or URLs, the earliest first, two or more: NGINX's stub_status, or Prometheus metrics " +
        'of Envoy, HAProxy, Kong or Traefik',
    )
    .option('--label <name=value...>', 'only counters that have it, such as proxy=api or entrypoint=web')
    .option('--tolerance <count>', 'how many requests more or fewer are no difference', parseShape(COUNT), 0)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (source: string, options: Options, command: Command) => {
      const { from: fromMs, to: toMs, tolerance, actor = userInfo().username } = options
      const served = await readServed(options, command)
      await using parts = openParts(context)
      const bar = startProgressBar('reading')
      let records = 0
      const onRead = (read: number) => {
        records += read
        bar.update(records, records, `${groupDigits(records)} records`)
      }
      const [store, log] = [await parts.store(), await parts.log()]
      const asked = { store, log, source, fromMs, toMs, served, tolerance, actor, clock: Date.now, onRead }
      const found = await reconcileSource(asked).finally(() => bar.stop())
      const compared = toCompared(found)
      if (compared.verdict !== 'agrees') process.exitCode = 1
      if (options.json) printJson(compared)
      else printLine(describeReconciliation(found))
    })
}

async function readServed({ served, metrics, label = [] }: Options, command: Command): Promise<Served> {
  if ((served === undefined) === (metrics === undefined)) {
    command.error('error: expected either --served COUNT or --metrics PLACE PLACE')
  }
  if (served !== undefined) return { counter: 'told', served, resets: 0 }
  const wanted = new Map(label.map(each => splitLabel(each, command)))
  return countServed((await readScrapes(metrics ?? [])).map(page => readScrape(page, wanted)))
}

function splitLabel(text: string, command: Command): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined)
    command.error('error: expected a label as --label NAME=VALUE')
  return [name, value]
}
