import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countOnce, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'

/** Logs that name their columns in the file: a line is read by the last header before it, wherever shipping went on. */

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

const format = openGatewayFormat('iis')
const HEADER = '#Software: IIS\r\n#Fields: date time c-ip cs-username sc-status sc-bytes cs-bytes\r\n'
const OTHER = '#Fields: date time cs-username c-ip sc-status cs-bytes sc-bytes\r\n'
const line = (second: number) => `2026-10-01 12:00:0${second} 192.0.2.7 nordlys-as 200 900 120\r\n`
const otherLine = (second: number) => `2026-10-01 12:00:0${second} fjord-as 192.0.2.7 200 120 900\r\n`

async function shipped(): Promise<string[]> {
  const events = countOnce(await world.readAll()).toSorted((one, other) => one.position - other.position)
  return events.map(each =>
    each.kind === 'request' ? `${each.clientId} ${each.requestBytes}/${each.responseBytes}` : each.kind,
  )
}

test('what comes after a restart is read by the header that was read before it', async () => {
  const path = world.write('u_ex.log', HEADER + line(1))
  await world.ship([path], { format })
  world.append('u_ex.log', line(2) + OTHER + otherLine(3))
  await world.ship([path], { format })
  world.append('u_ex.log', otherLine(4))
  const summary = await world.ship([path], { format })
  expect(await shipped()).toEqual([
    'nordlys-as 120/900',
    'nordlys-as 120/900',
    'fjord-as 120/900',
    'fjord-as 120/900',
  ])
  expect(summary).toMatchObject({ lines: 1, events: 1, rejected: 0 })
})

test('without a header no line is read', async () => {
  await world.ship([world.write('cut.log', line(1) + OTHER + otherLine(2))], { format })
  expect(await shipped()).toEqual(['rejected_line', 'fjord-as 120/900'])
})
