import { WITHOUT_COMPILING } from '../without-compiling.ts'
import { EndpointException, readonlyException } from './exception.ts'

/** A setting and its value, in the order they are to be set. */
export type Assignment = readonly [name: string, value: string]

/** Limits that a request may lower and not raise. */
const LIMITS: ReadonlyMap<string, number> = new Map([
  ['max_execution_time', 60],
  ['max_result_rows', 2_000_000],
  // Of the values; the answer in its format is bounded as well.
  ['max_result_bytes', 134_217_728],
  ['max_memory_usage', 1_073_741_824],
  ['max_threads', 2],
])

const FIXED: readonly Assignment[] = [
  ['result_overflow_mode', 'throw'],
  ['timeout_overflow_mode', 'throw'],
  ['max_query_size', '524288'],
  // What is too large for memory is refused: nothing of a query goes to a disk.
  ['max_bytes_ratio_before_external_group_by', '0'],
  ['max_bytes_ratio_before_external_sort', '0'],
  ['max_bytes_ratio_before_external_join', '0'],
  // The embedded engine starts with what a server leaves off.
  ['implicit_select', '0'],
  ['allow_introspection_functions', '0'],
  ...Object.entries(WITHOUT_COMPILING).map(([name, value]) => [name, String(value)] as const),
]

const DEFAULTS: readonly Assignment[] = [['session_timezone', 'UTC']]

/** Why a value is none of a setting's, or null. */
type Judge = (value: string) => string | null

/**
 * What a request may set, each with the values it takes. A list, since among the engine's 1 700 settings are some that
 * hold SQL (additional_result_filter), read or write files (format_schema), change the dialect, or wait for ever
 * (output_format_pretty_squash_consecutive_ms).
 */
const ALLOWED: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ...listed(isSwitch, [
    'aggregate_functions_null_for_empty',
    'allow_experimental_analyzer',
    'any_join_distinct_right_table_keys',
    'cast_keep_nullable',
    'data_type_default_nullable',
    'describe_compact_output',
    'enable_analyzer',
    'extremes',
    'final',
    'group_by_use_nulls',
    'join_use_nulls',
    'output_format_arrow_fixed_string_as_fixed_byte_array',
    'output_format_arrow_low_cardinality_as_dictionary',
    'output_format_arrow_string_as_string',
    'output_format_binary_encode_types_in_binary_format',
    'output_format_binary_write_json_as_string',
    'output_format_csv_crlf_end_of_line',
    'output_format_decimal_trailing_zeros',
    'output_format_json_array_of_rows',
    'output_format_json_escape_forward_slashes',
    'output_format_json_map_as_array_of_tuples',
    'output_format_json_named_tuples_as_objects',
    'output_format_json_pretty_print',
    'output_format_json_quote_64bit_floats',
    'output_format_json_quote_64bit_integers',
    'output_format_json_quote_decimals',
    'output_format_json_quote_denormals',
    'output_format_json_validate_utf8',
    'output_format_native_encode_types_in_binary_format',
    'output_format_native_use_flattened_dynamic_and_json_serialization',
    'output_format_native_write_json_as_string',
    'output_format_parquet_fixed_string_as_fixed_byte_array',
    'output_format_parquet_string_as_string',
    'output_format_pretty_row_numbers',
    'output_format_sql_insert_include_column_names',
    'output_format_tsv_crlf_end_of_line',
    'output_format_write_statistics',
    'prefer_column_name_to_alias',
    'show_table_uuid_in_table_create_query_if_not_nil',
    'transform_null_in',
  ]),
  ...listed(isWhole(2_000_000), ['limit', 'offset', 'output_format_pretty_max_rows']),
  ...listed(isWhole(9_999_999_999), ['max_bytes_to_read', 'max_rows_to_group_by', 'max_rows_to_read']),
  ['max_block_size', isWhole(65_536, 1)],
  ['output_format_pretty_max_value_width', isWhole(10_000)],
  ['output_format_pretty_max_column_pad_width', isWhole(10_000)],
  ...listed(oneOf('0', '1', 'auto'), ['output_format_pretty_color']),
  ...listed(oneOf('UTF-8', 'ASCII'), ['output_format_pretty_grid_charset']),
  ...listed(oneOf('none', 'lz4', 'snappy', 'zstd', 'gzip', 'brotli', 'lz4_frame'), [
    'output_format_parquet_compression_method',
    'output_format_arrow_compression_method',
  ]),
  ...listed(isShortText, [
    'bool_false_representation',
    'bool_true_representation',
    'format_csv_null_representation',
    'format_tsv_null_representation',
  ]),
  ['format_csv_delimiter', value => (/^[\t -~]$/.test(value) ? null : 'one printable character')],
  [
    'count_distinct_implementation',
    oneOf('uniq', 'uniqCombined', 'uniqCombined64', 'uniqHLL12', 'uniqExact'),
  ],
  ['date_time_input_format', oneOf('basic', 'best_effort', 'best_effort_us')],
  ['date_time_output_format', oneOf('simple', 'iso', 'unix_timestamp')],
  ['group_by_overflow_mode', oneOf('throw', 'break', 'any')],
  ['read_overflow_mode', oneOf('throw', 'break')],
  [
    'totals_mode',
    oneOf('before_having', 'after_having_inclusive', 'after_having_exclusive', 'after_having_auto'),
  ],
  ['union_default_mode', oneOf('', 'ALL', 'DISTINCT')],
  ['session_timezone', isTimeZone],
])

/** What a request may set with some effect. */
export const TAKEN_SETTINGS: readonly string[] = [...LIMITS.keys(), ...ALLOWED.keys()]

function listed(judge: Judge, names: readonly string[]): (readonly [string, Judge])[] {
  return names.map(name => [name, judge] as const)
}

function isSwitch(value: string): string | null {
  return /^(0|1|true|false)$/.test(value) ? null : '0 or 1'
}

function isWhole(most: number, least = 0): Judge {
  return value =>
    /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most
      ? null
      : `a whole number from ${least} to ${most}`
}

function oneOf(...values: readonly string[]): Judge {
  return value => (values.includes(value) ? null : `one of ${values.join(', ')}`)
}

function isShortText(value: string): string | null {
  return /^[ -~]{0,32}$/.test(value) ? null : 'at most 32 printable characters'
}

/** The engine takes a name for a path to a file of rules, and waits for ever where that is a pipe. */
function isTimeZone(value: string): string | null {
  const expected = 'a time zone such as Europe/Oslo'
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(value)) return expected
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return null
  } catch {
    return expected
  }
}

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
  'http_headers_progress_interval_ms',
  'http_make_head_request',
  'http_receive_timeout',
  'http_response_buffer_size',
  'http_response_headers',
  'http_send_timeout',
  'http_wait_end_of_query',
  'http_write_exception_in_output_format',
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

/**
 * The settings of one request: our own, and those of the URL that do no harm.
 * Throws EndpointException READONLY for any other.
 */
export function chooseSettings(requested: Iterable<Assignment>): readonly Assignment[] {
  const chosen = new Map<string, string>(DEFAULTS)
  const lowered = new Map<string, string>()
  for (const [name, value] of requested) {
    const limit = LIMITS.get(name)
    const judge = ALLOWED.get(name)
    if (limit !== undefined) lowered.set(name, lowerLimit(name, value, limit))
    else if (judge !== undefined) chosen.set(name, requireValue(name, value, judge))
    else if (!IGNORED.has(name)) {
      throw readonlyException(
        `Cannot modify ${shorten(name)} setting: this endpoint only reads, and takes settings about the format, ` +
          'the limits and the time zone of an answer. ',
      )
    }
  }
  const limits = [...LIMITS].map(([name, limit]) => [name, lowered.get(name) ?? String(limit)] as const)
  return [...chosen, ...limits, ...FIXED]
}

function requireValue(name: string, value: string, judge: Judge): string {
  const expected = judge(value)
  if (expected === null) return value
  throw new EndpointException(
    36,
    'BAD_ARGUMENTS',
    `Cannot set '${name}' to ${shorten(value)}: expected ${expected}. `,
  )
}

/** What a caller sent, fit for a message. */
function shorten(text: string): string {
  return JSON.stringify(text.slice(0, 64)).replaceAll(/[^ -~]/g, '?')
}

/** To ClickHouse 0 means no limit. */
function lowerLimit(name: string, value: string, limit: number): string {
  const wanted = Number(value)
  if (!/^\d{1,20}(\.\d{1,9})?$/.test(value)) {
    throw new EndpointException(
      72,
      'CANNOT_PARSE_NUMBER',
      `Cannot parse ${shorten(value)} of setting '${name}' as a number. `,
    )
  }
  return String(wanted === 0 ? limit : Math.min(wanted, limit))
}
