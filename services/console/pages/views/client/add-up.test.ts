import { expect, test } from 'vitest'
import { addUp } from './add-up.ts'

const DAYS = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']
const RUNNING = { days: DAYS, asOf: '2026-10-03T12:00:00.000Z', to: '2026-10-31T23:00:00.000Z' }
const client = {
  meteredRequestsByDay: ['3', '0', '9007199254740993', '0'],
  meteredBytesByDay: ['30', '0', '40', '0'],
  forecast: { requests: '20', bytes: '90' },
}

test('of a running month the sum goes as far as something is counted, the forecast on from there to its end', () => {
  const { counted, forecast } = addUp({ ...RUNNING, client }, 'bytes')
  expect(counted.map(each => each.value)).toEqual([30, 30, 70])
  expect(forecast).toEqual([
    { day: '2026-10-03', value: 70 },
    { day: '2026-10-04', value: 90 },
  ])
})

test('of a month that is over the sum goes to its end, and nothing is forecast', () => {
  const { counted, forecast } = addUp({ ...RUNNING, asOf: RUNNING.to, client }, 'bytes')
  expect(counted.map(each => each.value)).toEqual([30, 30, 70, 70])
  expect(forecast).toEqual([])
})

test('sums are exact, and stand for the days on which anything counted', () => {
  expect(addUp({ ...RUNNING, client }, 'requests').exact).toEqual([
    { day: '2026-10-01', sum: '3' },
    { day: '2026-10-03', sum: '9007199254740996' },
  ])
})
