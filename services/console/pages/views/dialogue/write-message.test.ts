import { expect, test } from 'vitest'
import { createFormat } from '../../reader/format.ts'
import { writeMessage } from './write-message.ts'

const use = { requests: '1317', bytes: '1368507' }
const month = (name: string, outcome: 'waived' | null) => ({
  month: name,
  outcome,
  decisions: [],
  evidence: {
    revision: 1,
    requests: { included: '10000', used: '18068', above: '8068', amountNok: '137.16' },
    transfer: null,
    proposedNok: '137.16',
    trend: [],
    integrations: [{ integrationId: 'crm-link', ...use }],
    hours: [{ hour: '2026-10-16T17:00+02:00', ...use }],
  },
})
const shown = {
  clientName: 'Skarvik Rør og Varme AS',
  months: [month('2026-09', 'waived'), month('2026-10', null)],
}

test('a message says what is above, through what and when, and what is proposed; of what is open', () => {
  const words = writeMessage(shown, 'nb', createFormat('nb-NO')).replaceAll('\u00a0', ' ')
  expect(words).toContain('Hei, Skarvik Rør og Varme AS!')
  expect(words).toContain(
    'I oktober 2026 gjorde dere 18 068 forespørsler som teller; 10 000 er inkludert, så 8 068 er over.',
  )
  expect(words).toContain('«crm-link»: 1 317 forespørsler')
  expect(words).toContain('16. okt. 2026, 17:00')
  expect(words).toContain('137,16 kr uten mva')
  expect(words).not.toContain('september')
})

test('of a case that is decided it is about every month', () => {
  const decided = { ...shown, months: [month('2026-09', 'waived')] }
  expect(writeMessage(decided, 'en', createFormat('en-GB'))).toContain(
    'In September 2026 you made 18,068 requests',
  )
})
