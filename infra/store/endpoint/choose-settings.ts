import { EndpointException, readonlyException } from './exception.ts'

/** A setting and its value, in the order they are to be set. */
export type Assignment = readonly [name: string, value: string]

/**
 * Limits a request may lower and not raise: the engine shares its process with the aggregator.
 * The result's size is counted before it is formatted, so rows are bounded as well.
 */
const LIMITS: ReadonlyMap<string, number> = new Map([
  ['max_execution_time', 60],
  ['max_result_rows', 2_000_000],
  ['max_result_bytes', 268_435_456],
  ['max_memory_usage', 2_147_483_648],
  ['max_threads', 16],
])

const FIXED: readonly Assignment[] = [
  ['result_overflow_mode', 'throw'],
  ['timeout_overflow_mode', 'throw'],
  ['max_query_size', '2097152'],
  // The embedded engine starts with what a server leaves off.
  ['implicit_select', '0'],
  ['allow_introspection_functions', '0'],
]

const DEFAULTS: readonly Assignment[] = [['session_timezone', 'UTC']]

/**
 * What a request may set. A list of what is allowed, since among the engine's 1 700 settings are some that hold SQL
 * (additional_result_filter), read or write files (format_schema, output_format_schema) or change the dialect.
 */
const ALLOWED = new Set([
  'aggregate_functions_null_for_empty',
  'any_join_distinct_right_table_keys',
  'allow_experimental_analyzer',
  'bool_false_representation',
  'bool_true_representation',
  'cast_keep_nullable',
  'count_distinct_implementation',
  'data_type_default_nullable',
  'date_time_input_format',
  'date_time_output_format',
  'describe_compact_output',
  'enable_analyzer',
  'extremes',
  'final',
  'format_csv_delimiter',
  'format_csv_null_representation',
  'format_tsv_null_representation',
  'group_by_overflow_mode',
  'group_by_use_nulls',
  'join_use_nulls',
  'limit',
  'max_block_size',
  'max_bytes_to_read',
  'max_rows_to_group_by',
  'max_rows_to_read',
  'offset',
  'prefer_column_name_to_alias',
  'read_overflow_mode',
  'session_timezone',
  'show_table_uuid_in_table_create_query_if_not_nil',
  'totals_mode',
  'transform_null_in',
  'union_default_mode',
])

const REFUSED_DESPITE_PREFIX = new Set(['output_format_schema'])

/** About inserting, the connection or a session: clients send them always, and a reader has no use for them. */
const IGNORED = new Set([
  'add_http_cors_header',
  'async_insert',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'connect_timeout',
  'database',
  'decompress',
  'default_format',
  'insert_deduplicate',
  'insert_quorum',
  'load_balancing',
  'log_comment',
  'log_queries',
  'network_compression_method',
  'password',
  'priority',
  'quota_key',
  'readonly',
  'receive_timeout',
  'result_overflow_mode',
  'role',
  'select_sequential_consistency',
  'send_progress_in_http_headers',
  'send_timeout',
  'session_check',
  'session_id',
  'session_timeout',
  'stacktrace',
  'timeout_overflow_mode',
  // A cached answer could be older than the store.
  'use_query_cache',
  'user',
  'wait_end_of_query',
  'wait_for_async_insert',
])
const IGNORED_PREFIX = 'http_'

/**
 * The settings of one request: our own, and those of the URL that do no harm.
 * Throws EndpointException READONLY for any other.
 */
export function chooseSettings(requested: Iterable<Assignment>): readonly Assignment[] {
  const chosen = new Map<string, string>(DEFAULTS)
  const lowered = new Map<string, string>()
  for (const [name, value] of requested) {
    const limit = LIMITS.get(name)
    if (limit !== undefined) lowered.set(name, lowerLimit(name, value, limit))
    else if (isAllowed(name)) chosen.set(name, value)
    else if (!IGNORED.has(name) && !name.startsWith(IGNORED_PREFIX)) {
      throw readonlyException(
        `Cannot modify '${name}' setting: this endpoint only reads, and takes settings about the format, ` +
          'the limits and the time zone of an answer. ',
      )
    }
  }
  const limits = [...LIMITS].map(([name, limit]) => [name, lowered.get(name) ?? String(limit)] as const)
  return [...chosen, ...limits, ...FIXED]
}

function isAllowed(name: string): boolean {
  if (REFUSED_DESPITE_PREFIX.has(name)) return false
  return ALLOWED.has(name) || /^output_format_[a-z0-9_]+$/.test(name)
}

/** To ClickHouse 0 means no limit. */
function lowerLimit(name: string, value: string, limit: number): string {
  const wanted = Number(value)
  if (value.trim() === '' || !Number.isFinite(wanted) || wanted < 0) {
    throw new EndpointException(
      72,
      'CANNOT_PARSE_NUMBER',
      `Cannot parse '${value}' of setting '${name}' as a number. `,
    )
  }
  return String(wanted === 0 ? limit : Math.min(wanted, limit))
}
