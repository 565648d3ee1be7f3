import { describe, expect, it } from 'vitest'
import { type Assignment, chooseSettings } from './choose-settings.ts'

const choose = (...requested: Assignment[]) => new Map(chooseSettings(requested))

describe('chooseSettings', () => {
  it('bounds a request that asks for nothing', () => {
    const settings = choose()
    expect(settings.get('max_execution_time')).toBe('60')
    expect(settings.get('session_timezone')).toBe('UTC')
    expect(settings.get('implicit_select')).toBe('0')
  })

  it.each([
    ['5', '5'],
    ['0.5', '0.5'],
    ['600', '60'],
    ['0', '60'],
  ])('max_execution_time=%s becomes %s', (wanted, got) => {
    expect(choose(['max_execution_time', wanted]).get('max_execution_time')).toBe(got)
  })

  it.each(['', '-1', 'x', '1; DROP'])('refuses «%s» for a limit', wanted => {
    expect(() => choose(['max_threads', wanted])).toThrow(/max_threads/)
  })

  it('passes on what shapes the answer', () => {
    const settings = choose(
      ['output_format_json_quote_64bit_integers', '1'],
      ['session_timezone', 'Europe/Oslo'],
    )
    expect(settings.get('output_format_json_quote_64bit_integers')).toBe('1')
    expect(settings.get('session_timezone')).toBe('Europe/Oslo')
  })

  it('drops what only a writer or the connection has a use for', () => {
    const settings = choose(
      ['wait_end_of_query', '1'],
      ['http_headers_progress_interval_ms', '1'],
      ['readonly', '0'],
    )
    expect([...settings.keys()]).not.toContain('readonly')
    expect([...settings.keys()]).not.toContain('wait_end_of_query')
  })

  it.each([
    'output_format_schema',
    'format_schema',
    'format_template_row',
    'additional_result_filter',
    'additional_table_filters',
    'allow_experimental_eval_table_function',
    'dialect',
    'allow_introspection_functions',
    'compile_expressions',
    'implicit_select',
    'max_query_size',
    'output_format_x = 1, readonly = 0, y',
    'no_such_setting',
  ])('refuses %s', name => {
    expect(() => choose([name, '1'])).toThrow(/Cannot modify/)
  })
})
