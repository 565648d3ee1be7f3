import { ClickHouseError } from '@clickhouse/client'
import { describe, expect, it } from 'vitest'
import { explainStoreError } from './explain-store-error.ts'
import { StoreError, StoreUnavailableError } from './store.ts'

const fromServer = (code: string, type: string, message = 'words of ClickHouse. ') =>
  new ClickHouseError({ code, type, message })

describe('explainStoreError', () => {
  it('keeps ClickHouse’s type as the code and its words as the message', () => {
    const explained = explainStoreError(fromServer('60', 'UNKNOWN_TABLE'), 'http://db:8123', false)
    expect(explained).toBeInstanceOf(StoreError)
    expect(explained).toMatchObject({ code: 'UNKNOWN_TABLE', message: 'words of ClickHouse.' })
  })

  it.each([
    ['202', 'TOO_MANY_SIMULTANEOUS_QUERIES'],
    ['243', 'NOT_ENOUGH_SPACE'],
    ['999', 'KEEPER_EXCEPTION'],
  ])('takes %s (%s) for passing', (code, type) => {
    const explained = explainStoreError(fromServer(code, type), 'http://db:8123', false)
    expect(explained).toBeInstanceOf(StoreUnavailableError)
    expect(explained.message).toBe(`http://db:8123: words of ClickHouse. (${type})`)
  })

  it('takes ABORTED for passing on a server and for final in process', () => {
    const aborted = fromServer('236', 'ABORTED')
    expect(explainStoreError(aborted, 'http://db:8123', false)).toBeInstanceOf(StoreUnavailableError)
    expect(explainStoreError(aborted, 'data/store', true)).toBeInstanceOf(StoreError)
  })

  it('takes a full disk below an embedded store for passing, and one that may not be written to for final', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const explained = explainStoreError(full, 'data/store', true)
    expect(explained).toBeInstanceOf(StoreUnavailableError)
    expect(explained.message).toBe('data/store: ENOSPC: no space left on device, write')
    const forbidden = Object.assign(new Error('EACCES: permission denied, open'), { code: 'EACCES' })
    expect(explainStoreError(forbidden, 'data/store', true)).toBeInstanceOf(StoreError)
  })

  it('names every address that refused', () => {
    const refused = new AggregateError([
      new Error('ECONNREFUSED ::1:9'),
      new Error('ECONNREFUSED 127.0.0.1:9'),
    ])
    const explained = explainStoreError(refused, 'http://localhost:9', false)
    expect(explained).toBeInstanceOf(StoreUnavailableError)
    expect(explained.message).toContain('http://localhost:9')
    expect(explained.message).toContain('ECONNREFUSED ::1:9, ECONNREFUSED 127.0.0.1:9')
  })

  it('passes the port’s own errors through', () => {
    const own = new StoreError('x', 'READONLY')
    expect(explainStoreError(own, 'y', true)).toBe(own)
  })
})
