import { describe, expect, it } from 'vitest'
import { EndpointException, formatException, httpStatus, readException } from './exception.ts'

describe('readException', () => {
  it('reads what the engine says', () => {
    const error = new Error("Query failed: Code: 60. DB::Exception: Unknown table 'x'. (UNKNOWN_TABLE)")
    expect(readException(error)).toMatchObject({
      code: 60,
      type: 'UNKNOWN_TABLE',
      message: "Unknown table 'x'. ",
    })
  })

  it('takes the outermost of nested exceptions', () => {
    const error = new Error(
      "Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot modify 'a' (READONLY) (version 1). (READONLY)",
    )
    expect(readException(error)).toMatchObject({ code: 164, type: 'READONLY' })
  })

  it('keeps words that aren’t ClickHouse’s', () => {
    expect(readException(new Error('out of threads'))).toMatchObject({
      code: 1002,
      message: 'out of threads. ',
    })
  })
})

describe('formatException', () => {
  it('words it as a server does', () => {
    expect(formatException(new EndpointException(62, 'SYNTAX_ERROR', 'Syntax error. '), '26.7.2.1')).toBe(
      'Code: 62. DB::Exception: Syntax error. (SYNTAX_ERROR) (version 26.7.2.1 (official build))\n',
    )
  })
})

describe('httpStatus', () => {
  it.each([
    [62, 400],
    [60, 404],
    [159, 408],
    [164, 500],
    [202, 503],
    [241, 500],
  ])('code %d is HTTP %d', (code, status) => {
    expect(httpStatus(new EndpointException(code, 'X', ''))).toBe(status)
  })
})
