import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { makeForeignTopic, writeForeign } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { kafka, range } from '../support/log/backends.ts'
import { forbruk, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** A format that read lines wrongly is mended, and what was rejected is read again where it came from. */
const brokers = inject('kafkaBrokers') ?? []
const NGINX = fileURLToPath(new URL('../../schemas/gateway/formats/nginx-json.json', import.meta.url))
const TIME_MS = Date.now() - 600_000
const WHY = ['--reason', 'the format named another field']

/** The gateway calls its clients `who`. */
function lineOf(number: number): string {
  const fields = { msec: (TIME_MS + number) / 1_000, who: `client-${number % 7}`, status: 200, bytes_sent: 1 }
  return JSON.stringify({ ...fields, request_length: number, rid: `id-${number}` })
}

type Installation = {
  readonly folder: string
  readonly settings: Record<string, string>
  readonly format: string
}

/** With a format of the operator's own that asks for another field than the gateway writes. */
function install(settings: Record<string, string> = {}): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-mended-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const format = join(folder, 'ours.json')
  const installation = { folder, format, settings: { FORBRUK_DATA_DIR: join(folder, 'data'), ...settings } }
  declare(installation, 'customer')
  return installation
}

function declare({ format }: Installation, client: string): void {
  const { requestIds: _, ...declared } = JSON.parse(readFileSync(NGINX, 'utf8'))
  const requestIds = [{ field: '$request_id', at: 'rid', setBy: 'gateway' }]
  writeFileSync(format, JSON.stringify({ ...declared, format: 'ours', client, requestIds }))
}

const usageShape = z.tuple([z.number(), z.number()])

/** How many requests were counted, and what their numbers add up to. */
async function readUsage({ settings }: Installation): Promise<readonly [number, number]> {
  await forbruk(['aggregate', '--until-caught-up'], settings)
  const sql = 'SELECT toUInt32(sum(requests)), toUInt32(sum(request_bytes)) FROM usage_monthly'
  const printed = await forbruk(['sql', sql, '--format', 'JSONCompactEachRow'], settings)
  return usageShape.parse(JSON.parse(printed))
}

const summaryShape = z.object({
  ...{ lines: z.int(), readable: z.int(), sent: z.int(), before: z.int(), left: z.int() },
  leftLines: z.array(z.object({ why: z.string(), detail: z.string() })),
})

async function replay({ settings, format }: Installation, ...args: readonly string[]) {
  const printed = await forbruk(
    ['rejected', 'replay', '--format', format, ...WHY, '--json', ...args],
    settings,
  )
  return summaryShape.parse(JSON.parse(printed))
}

async function readStates({ settings }: Installation): Promise<string> {
  const sql = 'SELECT state, sum(events) FROM rejected_events GROUP BY state ORDER BY state'
  return (await forbruk(['sql', sql, '--format', 'TSV'], settings)).trim()
}

const sumTo = (count: number) => (count * (count - 1)) / 2

describe('lines of files', () => {
  test('are read again where they lie by then, however often that is asked for, and killed on the way', async () => {
    const installation = install()
    const { settings, folder, format } = installation
    const log = join(folder, 'access.log')
    writeFileSync(
      log,
      range(0, 40)
        .map(number => `${lineOf(number)}\n`)
        .join(''),
    )
    const ship = ['ship', '--source', 'edge', '--format', format, log]
    await forbruk(ship, settings)
    // Sent a second time, as after a crash that kept nothing: copies, which are no events of their own.
    rmSync(join(folder, 'data', 'shipper'), { recursive: true })
    await forbruk(ship, settings)
    expect(await readUsage(installation)).toEqual([0, 0])
    expect(await readStates(installation)).toBe('open\t40')

    expect(await replay(installation)).toMatchObject({ lines: 40, readable: 0, left: 40 })
    declare(installation, 'who')
    renameSync(log, `${log}.1`)
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)))
    rmSync(`${log}.1`)
    const trial = await replay(installation, '--source', 'edge', '--dry-run')
    expect(trial).toMatchObject({ lines: 40, readable: 40, sent: 0, left: 0 })
    expect(await readStates(installation)).toBe('open\t40')

    for (const delayMs of [700, 1_100, 1_500]) {
      const { child, finished } = startForbruk(['rejected', 'replay', '--format', format, ...WHY], settings)
      await sleep(delayMs)
      child.kill('SIGKILL')
      await finished
    }
    await replay(installation, '--reason-code', 'client_missing')
    expect(await replay(installation)).toMatchObject({ sent: 0, left: 0 })
    expect(await readUsage(installation)).toEqual([40, sumTo(40)])
    expect(await readStates(installation)).toBe('mended\t40')
    expect(await replay(installation)).toMatchObject({ lines: 0 })
    await forbruk(['audit', '--replay'], settings)
  }, 1_200_000)

  test('that are another text by now, or gone with their file, are named and stay rejected', async () => {
    const installation = install()
    const { settings, folder, format } = installation
    const [log, gone] = [join(folder, 'access.log'), join(folder, 'gone.log')]
    writeFileSync(log, `${lineOf(1)}\n${lineOf(2)}\n`)
    writeFileSync(gone, `${lineOf(30)}\n`)
    await forbruk(['ship', '--source', 'edge', '--format', format, log, gone], settings)
    await readUsage(installation)
    rmSync(gone)
    writeFileSync(log, `${lineOf(1)}\n${lineOf(2).replace('client-2', 'x')}\n`)
    declare(installation, 'who')
    const summary = await replay(installation, '--file', log)
    expect(summary).toMatchObject({ lines: 3, left: 3, sent: 0 })
    // Of a file that was changed since, not even its other lines are believed.
    expect(summary.leftLines.map(({ why }) => why)).toEqual(['gone', 'gone', 'gone'])
    expect(await readUsage(installation)).toEqual([0, 0])
    const { code, stderr } = await runForbruk(['rejected', 'replay', '0:1', '--dry-run', ...WHY], settings)
    expect([code, stderr]).toEqual([2, expect.stringContaining('places and mends say which events')])
  }, 900_000)
})

describe.skipIf(brokers.length === 0)("lines of a shipper's topic", () => {
  test('are read again by offset, a copy of one counts once, and what the topic deleted is named', async () => {
    const installation = install({
      ...{ KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC: uniqueTopic('mended-log'), KAFKA_PARTITIONS: '2' },
    })
    const { settings, format } = installation
    const topic = uniqueTopic('foreign-mended')
    await makeForeignTopic(brokers, topic, 1, 'zstd')
    const take = ['intake', '--topic', topic, '--format', format, '--source', 'edge', '--rejected-max', '100']
    // The shipper sent 10 to 19 a second time: they stand at two places each.
    await writeForeign(brokers, topic, [...range(0, 20), ...range(10, 20)].map(lineOf), 1)
    await forbruk([...take, '--until-caught-up'], settings)
    expect(await readUsage(installation)).toEqual([0, 0])
    expect(await readStates(installation)).toBe('open\t30')
    await kafka.deleteBelow(topic, 0, 3)
    declare(installation, 'who')

    const { child, finished } = startForbruk(['rejected', 'replay', '--format', format, ...WHY], settings)
    await sleep(2_500)
    child.kill('SIGKILL')
    await finished
    const summary = await replay(installation)
    expect(summary).toMatchObject({ left: 3 })
    expect(summary.leftLines).toEqual(
      range(0, 3).map(offset => ({
        why: 'gone',
        detail: `${topic}/0 begins at offset 3: offset ${offset} was deleted`,
      })),
    )
    expect(await replay(installation)).toMatchObject({ sent: 0, left: 3 })
    // Later copies, read by the mended format at once, are those requests as well.
    await writeForeign(brokers, topic, range(15, 25).map(lineOf), 1)
    await forbruk([...take, '--until-caught-up'], settings)
    expect(await readUsage(installation)).toEqual([22, sumTo(25) - sumTo(3)])
    expect(await readStates(installation)).toBe('mended\t27\nopen\t3')
    await forbruk(['audit', '--replay'], settings)
  }, 1_200_000)
})
