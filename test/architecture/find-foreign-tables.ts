import { type Node, parseSync } from 'oxc-parser'
import type { Fault } from './fault.ts'
import { isTest, lineAt, type SourceFile } from './source-files.ts'

const COUNTED = [
  'stream',
  'stream_key',
  'stream_secret',
  'usage_rollup',
  'source_ledger',
  'rejected_event',
  'rejected_sum',
  'rejected_fold',
  'rejected_stored',
  'block_ledger',
  'request_identity',
  'repeated_request',
  'recognition_progress',
  'accepted_gap',
  'accepted_loss',
  'source_expectation',
  'source_retirement',
  'instance_retirement',
  'source_reconciliation',
  'usage_settlement',
  'usage_settled',
  'usage_settled_day',
  'usage_counted',
  'usage_by_month',
  'usage_by_day',
  'usage_hourly',
  'usage_daily',
  'usage_monthly',
  'ingest_progress',
  'source_progress',
  'source_instances',
]
const CLOSED = [
  'rejected_waiver',
  'rejected_mend',
  'rejected_rule',
  'rejected_rule_end',
  'rejected_events',
  'registry_client',
  'registry_partner',
  'registry_integration',
  'registry_activation',
  'registry_import',
  'registry_imports',
  'registry_clients',
  'registry_activations',
  'statement',
  'statements',
  'statement_line',
  'statement_lines',
  'statement_adjustment',
  'statement_adjustments',
  'statement_announcement',
  'statement_approval',
  'month_close',
  'month_closes',
  'dialogue_step',
  'dialogue_steps',
  'dialogue_cases',
]
const RAISED = ['usage_alert', 'usage_alert_published', 'usage_alert_attempt', 'usage_alerts']

const ownedBy = (folder: string, tables: readonly string[]) => tables.map(table => [table, folder] as const)

/** The folder whose SQL alone names the table or view; others ask its functions. */
export const TABLE_OWNERS: ReadonlyMap<string, string> = new Map([
  ...ownedBy('infra/ledger/', COUNTED),
  ...ownedBy('infra/signs/', ['process_sign']),
  ...ownedBy('services/close/', CLOSED),
  ...ownedBy('services/alerts/', RAISED),
  ...ownedBy('infra/access/', ['access_token', 'access_revocation', 'audit_entry']),
  ...ownedBy('infra/store/', ['schema_migration', 'installation', 'seal', 'api_answer']),
])

/** Questions that the pages show beside their figures, for readers to ask by themselves: over the documented views. */
const SHOWN_TO_READERS = 'services/console/pages/sql/'
const NOT_ASKED = ['schemas/wire/scan/assembly/', SHOWN_TO_READERS]

const NAMED = /\b(?:FROM|JOIN|INTO|TABLE|UPDATE|IN)\s+\(?\s*(?:\w+\.)?`?(\w+)`?/g
/** What a message tells its reader to ask is no query of ours. */
const ASKED_BY_READERS = /forbruk sql (?:"[^"]*"|'[^']*'|`[^`]*`)/g

/**
 * SQL that names a table outside of the folder that owns it: in texts of what is no test. Writing through a table's
 * declaration names no table in a text.
 */
export function findForeignTables(files: readonly SourceFile[]): Fault[] {
  return files
    .filter(({ path }) => !isTest(path) && !NOT_ASKED.some(folder => path.startsWith(folder)))
    .flatMap(({ path, text }) =>
      [...textsOf(parseSync(path, text).program)].flatMap(({ value, start }) =>
        tablesIn(value).flatMap(({ table, index }) => {
          const owner = TABLE_OWNERS.get(table)
          if (owner === undefined || path.startsWith(owner)) return []
          const message = `SQL names ${table}, which is ${owner}'s. Ask a function there, or add the question to it.`
          return [{ path, line: lineAt(text, start + index), message }]
        }),
      ),
    )
}

function tablesIn(sql: string): { readonly table: string; readonly index: number }[] {
  const ours = sql.replaceAll(ASKED_BY_READERS, asked => ' '.repeat(asked.length))
  return [...ours.matchAll(NAMED)].map(({ 1: table = '', index }) => ({ table, index }))
}

/** Of strings, and of the parts of templates. */
function* textsOf(node: unknown): Generator<{ readonly value: string; readonly start: number }> {
  if (Array.isArray(node)) {
    for (const each of node) yield* textsOf(each)
  } else if (isNode(node)) {
    if (node.type === 'Literal' && typeof node.value === 'string')
      yield { value: node.value, start: node.start }
    if (node.type === 'TemplateElement') yield { value: node.value.raw, start: node.start }
    yield* textsOf(Object.values(node))
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
