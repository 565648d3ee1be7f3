import { afterAll, expect, test } from 'vitest'
import { TARIFF } from '../../../../test/support/close/close-october.ts'
import {
  openInstallation,
  removeInstallations,
  writeRegistry,
} from '../../../../test/support/close/counted-month.ts'
import { importFolder } from '../../../../test/support/close/import-folder.ts'
import { OCTOBER, use } from '../../../../test/support/close/registry-values.ts'
import { createRulesReader } from './read-month-rules.ts'

afterAll(removeInstallations)

test('an alert counts what the close counts: no failures, no refusals, and nothing that is undecided', async () => {
  const { store, folder, clock, log } = await openInstallation()
  await writeRegistry(folder)
  await importFolder({ store, directory: folder, timeZone: 'Europe/Oslo', clock: () => clock.nowMs })
  const rules = await createRulesReader(store, TARIFF)(OCTOBER)
  const used = [
    use('firma', 'shop', 9n, 1n, 2n),
    use('firma', 'shop', 70n, 10n, 20n, '429'),
    use('firma', 'shop', 70n, 10n, 20n, '5xx'),
    use('firma', 'shop', 70n, 10n, 20n, '401/407'),
    use('firma', 'web', 70n, 10n, 20n),
    use('firma', '', 70n, 10n, 20n),
  ]
  expect(rules?.meter('firma', used)).toEqual({ requests: 9n, bytes: 3n })
  await log.close()
})
