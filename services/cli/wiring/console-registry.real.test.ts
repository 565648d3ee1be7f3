import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { REGISTRY } from '../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../test/support/console/console.ts'

const { place, rows } = useInstallation()
const { open, post } = useConsole(place)

describe('the registry', () => {
  const TABLES = {
    clients: REGISTRY['clients.csv'],
    partners: REGISTRY['partners.csv'],
    integrations: REGISTRY['integrations.csv'],
    activations: REGISTRY['activations.csv'],
  }
  beforeEach(() => open())

  test('is imported, from a month on', async () => {
    const answer = await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })
    expect(await answer.json()).toEqual({
      outcome: 'imported',
      sequence: 1,
      validFrom: '2026-10',
      monthsBehind: [],
      clients: 3,
      partners: 1,
      integrations: 3,
      activations: 4,
    })
    expect(await (await post('/v1/registry', { ...TABLES, validFrom: '2026-10' })).json()).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('with mistakes is refused whole, each named by file, line and column', async () => {
    const clients = `${TABLES.clients}ny,,ukjent,kanskje\n`
    const problem = await expectProblem(
      await post('/v1/registry', { ...TABLES, clients }),
      422,
      'registry_faulty',
    )
    expect(problem.faults).toContainEqual(
      expect.objectContaining({ file: 'clients.csv', line: 5, column: 'collective_invoice' }),
    )
    expect(await rows('SELECT * FROM registry_import')).toEqual([])
  })

  test('without a file, or with another, is told so', async () => {
    const { partners: _, ...some } = TABLES
    const problem = await expectProblem(await post('/v1/registry', some), 400, 'request_malformed')
    expect(problem.detail).toContain('partners')
    await expectProblem(await post('/v1/registry', { ...TABLES, more: '' }), 400, 'request_malformed')
    await expectProblem(
      await post('/v1/registry', { ...TABLES, validFrom: 'soon' }),
      400,
      'request_malformed',
    )
  })
})
