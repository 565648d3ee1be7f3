import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** `forbruk tariff check` as a user types it. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-tariff-'))
const published = readFileSync(new URL('../../schemas/tariff/default-tariff.json', import.meta.url), 'utf8')
const file = join(folder, 'tariff.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('tariff check', () => {
  test('says what the published prices come to', async () => {
    const text = await forbruk(['tariff', 'check'], {})
    expect(text).toMatch(/^from 2020-01\n {2}Prices as they hold from 2020-01, in NOK, exclusive of VAT\./)
    expect(text).toContain('Included per client and month: 500000 requests and 30 GB. Both overages add up.')
  })

  test('says from which month on what holds, of the file given or set', async () => {
    const tariff = JSON.parse(published)
    const changed = structuredClone(tariff.versions[0])
    changed.validFrom = '2027-01'
    changed.consumption.allowance.requests = 600_000
    changed.definitions.statusClassesNotCounted = ['5xx']
    tariff.versions.push(changed)
    writeFileSync(file, JSON.stringify(tariff))
    const text = await forbruk(['tariff', 'check', file], {})
    expect(text.match(/^from .*$/gm)).toEqual(['from 2020-01', 'from 2026-10', 'from 2027-01'])
    expect(text).toContain('600000 requests and 30 GB')
    expect(text).toContain('Requests of every status but 5xx count.')
    expect(await forbruk(['tariff', 'check'], { FORBRUK_TARIFF: file })).toBe(text)
    const { versions } = JSON.parse(await forbruk(['tariff', 'check', file, '--json'], {}))
    expect(versions[2].consumption.allowance).toEqual({ requests: 600_000, gigabytes: '30' })
  })

  test('names every wrong value by its path', async () => {
    const wrong = published
      .replace('"Europe/Oslo"', '"Oslo"')
      .replace('"pricePerRequest": "0.017"', '"pricePerRequest": 0.017')
      .replace('"request_and_response"', '"both"')
    writeFileSync(file, wrong)
    const { code, stdout, stderr } = await runForbruk(['tariff', 'check', file], {})
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`forbruk: the tariff ${file} can't be used:`)
    for (const fault of [
      '$.timeZone is "Oslo"; expected an IANA time zone such as "Europe/Oslo"',
      '$.versions[0].consumption.pricePerRequest is 0.017; expected a price in NOK as text, such as "0.017"',
      '$.versions[0].definitions.bytesCounted is "both"; expected "request_and_response", "request" or "response"',
    ]) {
      expect(stderr).toContain(`\n  ${fault}\n`)
    }
  })

  test('says that there is no file', async () => {
    const { code, stderr } = await runForbruk(['tariff', 'check', join(folder, 'none.json')], {})
    expect(code).toBe(1)
    expect(stderr).toContain("none.json can't be used:\n  the file can't be read (ENOENT)")
  })
})
