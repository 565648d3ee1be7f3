import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEventLog, openSoleWriter } from '@forbruk/infra/log/open-event-log.ts'
import { readConfig } from '@forbruk/infra/runtime/config.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { writeForeign } from '../support/kafka/foreign-topic.ts'
import {
  findObstacle,
  PASSWORD,
  type SecuredKafka,
  startSecuredKafka,
} from '../support/kafka/secured-kafka.ts'
import { withAdmin } from '../support/kafka/topics.ts'
import { numbered, readValues } from '../support/log/backends.ts'
import { runForbruk } from '../support/process/run-forbruk.ts'
import { tellNotRun } from '../support/process/tell-not-run.ts'
import { rejection } from '../support/wait/rejection.ts'

const obstacle = tellNotRun('A broker that grants rights', await findObstacle())

/** As Kafka's protocol numbers them. */
const OPERATIONS: Readonly<Record<string, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Describe: 8,
  DescribeConfigs: 10,
}
const NO_GROUPS = /Coordinator.* Allow this user Read on groups that begin with/
const RESOURCES: Readonly<Record<string, number>> = { topic: 2, groups: 3, 'transactional ids': 5 }
const [ALLOW, LITERAL, PREFIXED] = [3, 3, 4]
const TOPICS: Readonly<Record<string, string>> = {
  KAFKA_TOPIC: 'requests',
  KAFKA_STATEMENTS_TOPIC: 'statements',
  KAFKA_ALERTS_TOPIC: 'alerts',
}

/** A shipper's own topic. */
const LINES = 'lines'

/** A command is the name of its user as well, so that it has no spaces. */
type Right = { readonly command: string; readonly kind: string; readonly on: string; readonly names: string }

/** The table that operators read: what it says is what the broker grants. */
function readDocumentedRights(): Right[] {
  const path = new URL('../../docs/operating.md', import.meta.url)
  const rows = readFileSync(path, 'utf8').matchAll(
    /^\| (?:`forbruk ([\w -]+)`)? ?\| (topic|groups|transactional ids) `(\w+)` \| ([\w, ]+) \|$/gm,
  )
  let command = ''
  return [...rows].map(([, named, kind = '', on = '', names = '']) => {
    command = named?.replaceAll(' ', '-') ?? command
    return { command, kind, on, names }
  })
}

async function grant(kafka: SecuredKafka, principal: string, rights: readonly Right[]): Promise<void> {
  const acl = rights.flatMap(({ kind, on, names }) =>
    names.split(', ').map(name => ({
      ...{ principal: `User:${principal}`, host: '*', permissionType: ALLOW },
      resourceType: RESOURCES[kind] ?? 0,
      resourceName: TOPICS[on] ?? on,
      resourcePatternType: kind === 'topic' ? LITERAL : PREFIXED,
      operation: OPERATIONS[name] ?? 0,
    })),
  )
  await withAdmin(kafka.plain.brokers, admin => admin.createAcls({ acl }))
}

describe.skipIf(obstacle !== null)('a broker that grants what the documents say and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-rights-'))
  const rights = readDocumentedRights()
  const commands = [...new Set(rights.map(({ command }) => command))]
  let kafka: SecuredKafka

  const settingsOf = (user: string): Record<string, string> => ({
    ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_SSL: 'true', KAFKA_SSL_CA: kafka.caPath },
    ...{ KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: user, KAFKA_SASL_PASSWORD: PASSWORD },
    ...TOPICS,
    FORBRUK_DATA_DIR: join(folder, 'data'),
  })
  const run = (user: string, args: readonly string[], more: Record<string, string> = {}) =>
    runForbruk(args, { ...settingsOf(user), ...more })
  /** What it printed. */
  const succeed = async (user: string, args: readonly string[]) => {
    const { code, stdout, stderr } = await run(user, args)
    expect({ user, code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ user, code: 0, stderr: '' })
    return stdout
  }
  const open = async (env: Record<string, string>, topic: string) => {
    const log = await openEventLog(logOf(env, topic))
    onTestFinished(() => log.close())
    return log
  }

  beforeAll(async () => {
    kafka = await startSecuredKafka(folder, [...commands, 'nobody', 'ungrouped', 'unread'])
    for (const topic of Object.values(TOPICS)) await makeTopic(kafka, topic)
    for (const command of commands) {
      const ofCommand = rights.filter(right => right.command === command)
      await grant(kafka, command, ofCommand)
    }
    await makeTopic(kafka, LINES)
    await grant(kafka, 'intake', [
      { command: '', kind: 'topic', on: LINES, names: 'Describe, DescribeConfigs, Read' },
    ])
    const withoutGroups = rights.filter(right => right.command === 'aggregate' && right.kind === 'topic')
    await grant(kafka, 'ungrouped', withoutGroups)
    await grant(kafka, 'unread', [
      { command: '', kind: 'topic', on: 'KAFKA_TOPIC', names: 'Describe, DescribeConfigs' },
    ])
    writeFileSync(join(folder, 'access.log'), LINE)
  })
  afterAll(async () => {
    await kafka?.plain.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  test('the documents name rights for every kind of command', () => {
    expect(commands.sort()).toEqual([
      ...[
        'aggregate',
        'alerts',
        'audit',
        'close',
        'collect',
        'doctor',
        'intake',
        'rejected',
        'serve',
        'ship',
        'source-accept-loss',
        'source-reconcile',
        'statements-announce',
        'status',
        'stream',
      ],
    ])
  })

  test('a request goes all its way, each command with its own user', async () => {
    const ship = [
      'ship',
      '--format',
      'combined',
      '--client-field',
      'remote_user',
      '--source',
      'gw',
      join(folder, 'access.log'),
    ]
    for (const [user, args] of [
      ['stream', ['stream', 'limits', '--past', '36500d', '--ahead', '36500d']],
      ['ship', ship],
      ['intake', ['intake', '--topic', LINES, '--format', 'nginx-json', '--until-caught-up']],
      ['aggregate', ['aggregate', '--until-caught-up']],
      ['status', ['status']],
      ['audit', ['audit', '--replay']],
      ['doctor', ['doctor']],
      ['source-reconcile', ['source', 'reconcile', 'gw', ...HOURS_OF_LINE, '--served', '1']],
    ] as const)
      await succeed(user, args)
  })

  test('a topic that got partitions is agreed to', async () => {
    await withAdmin(kafka.plain.brokers, admin =>
      admin.createPartitions({ topicPartitions: [{ topic: 'requests', count: 2 }] }),
    )
    expect(await succeed('stream', ['stream', 'grow'])).toContain('all 2 partitions are counted from now on')
    await succeed('aggregate', ['aggregate', '--until-caught-up'])
  })

  test("what a shipper's topic lost is given up", async () => {
    const { brokers } = kafka.plain
    const intake = ['intake', '--topic', LINES, '--format', 'nginx-json', '--until-caught-up']
    await writeForeign(brokers, LINES, [NGINX_LINE], 1)
    await succeed('intake', intake)
    await writeForeign(brokers, LINES, [NGINX_LINE, NGINX_LINE, NGINX_LINE], 1)
    await withAdmin(brokers, async admin => {
      // kafkajs deletes of a topic that it knows.
      await admin.fetchTopicOffsets(LINES)
      await admin.deleteTopicRecords({ topic: LINES, partitions: [{ partition: 0, offset: '2' }] })
    })
    await succeed('intake', intake)
    await succeed('aggregate', ['aggregate', '--until-caught-up'])
    const given = ['source', 'accept-loss', LINES, `${LINES}/0:1-2`, '--reason', 'a test']
    expect(await succeed('source-accept-loss', given)).toContain('1 records of lines/0:1-2 are accepted')
  })

  test('statements are announced and alerts published', async () => {
    for (const user of ['close', 'statements-announce', 'serve'])
      await (await open(settingsOf(user), 'statements')).append(numbered(1, { partition: 0 }))
    for (const user of ['close', 'serve']) await (await open(settingsOf(user), 'requests')).bounds(0)
    const alerts = await open(settingsOf('alerts'), 'alerts')
    const writer = openSoleWriter(logOf(settingsOf('alerts'), 'alerts'), alerts, 'one')
    onTestFinished(() => writer.close())
    await (await writer.claim()).append(numbered(1, { partition: 0 }))
    await expect.poll(async () => (await readValues(alerts, 0, 0, 1)).values).toEqual(['0'])
  })

  test.each([
    ['nobody', /the answer of localhost:\d+ to Metadata.* Allow this user Describe on the topic: docs/],
    ['unread', /the answer of localhost:\d+ to Fetch.* Allow this user Read on the topic/],
  ])('%s, who lacks a right to count, is told which', async (user, expected) => {
    const { code, stderr } = await run(user, ['aggregate', '--until-caught-up'], {
      FORBRUK_DATA_DIR: join(folder, `data-${user}`),
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(expected)
    expect(stderr).not.toContain('Check that they are right (KAFKA_BROKERS)')
  })

  test('without a right on groups all is counted, and the log says once that monitors are told nothing', async () => {
    const { code, stderr } = await run('ungrouped', ['aggregate', '--until-caught-up'], {
      FORBRUK_DATA_DIR: join(folder, 'data-ungrouped'),
    })
    const said = stderr.split('\n').filter(line => line.includes('monitors of consumer lag are told nothing'))
    expect({ code, said }).toEqual({ code: 0, said: [expect.stringMatching(NO_GROUPS)] })
  })

  test('a right to write that is missing is named', async () => {
    const log = await open(settingsOf('status'), 'requests')
    expect(String(await rejection(log.append(numbered(1, { partition: 0 }))))).toMatch(
      /the answer of localhost:\d+ to Produce.* Allow this user Write on the topic/,
    )
  })

  test('doctor tells what is missing as well', async () => {
    const { code, stdout } = await run('nobody', ['doctor'])
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /event log +problem +Kafka could not be looked at: .* Allow this user Describe on the topic/,
    )
  })

  test('a wrong password, an unknown authority and more copies than brokers are each named', async () => {
    const wrong = await run('ship', ['status'], { KAFKA_SASL_PASSWORD: 'not it' })
    expect(wrong.stderr).toMatch(/Authentication failed.* Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME/)
    const { KAFKA_SSL_CA: _, ...withoutAuthority } = settingsOf('ship')
    expect((await runForbruk(['status'], withoutAuthority)).stderr).toMatch(
      /certificate.* Check KAFKA_SSL and KAFKA_SSL_CA/,
    )
    const env = { KAFKA_BROKERS: kafka.plain.brokers.join(','), KAFKA_REPLICATION_FACTOR: '3' }
    expect(String(await rejection(openEventLog(logOf(env, 'copied'))))).toMatch(
      /the answer of 127.0.0.1:\d+ to CreateTopics.* Set KAFKA_REPLICATION_FACTOR to no more than there are brokers/,
    )
    const noTls = { KAFKA_BROKERS: kafka.brokers }
    expect(String(await rejection(openEventLog(logOf(noTls, 'requests'))))).toContain('Check KAFKA_SSL')
  })

  test('a certificate of its own lets a client in', async () => {
    await grant(kafka, 'CN=forbruk', [
      { command: '', kind: 'topic', on: 'KAFKA_TOPIC', names: 'Describe, DescribeConfigs' },
    ])
    const env = {
      ...{ KAFKA_BROKERS: kafka.mutualTlsBrokers, KAFKA_SSL: 'true', KAFKA_SSL_CA: kafka.caPath },
      ...{ KAFKA_SSL_CERTIFICATE: kafka.certificatePath, KAFKA_SSL_KEY: kafka.keyPath },
    }
    expect(await (await open(env, 'requests')).bounds(0)).toMatchObject({ startOffset: 0 })
  })

  test('a token of an identity provider lets a client in', async () => {
    await grant(kafka, 'meter', [
      { command: '', kind: 'topic', on: 'KAFKA_TOPIC', names: 'Describe, DescribeConfigs' },
    ])
    const asked: string[] = []
    const provider = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      asked.push(`${request.headers.authorization} ${body}`)
      response.end(
        JSON.stringify({ access_token: unsignedToken('meter'), token_type: 'Bearer', expires_in: 600 }),
      )
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void provider.close())
    await once(provider, 'listening')
    const address = provider.address()
    const port = typeof address === 'object' ? address?.port : 0
    const env = {
      ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_SSL: 'true', KAFKA_SSL_CA: kafka.caPath },
      ...{ KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_USERNAME: 'id', KAFKA_SASL_PASSWORD: 'secret' },
      ...{ KAFKA_SASL_TOKEN_URL: `http://127.0.0.1:${port}/token`, KAFKA_SASL_TOKEN_SCOPE: 'kafka' },
    }
    expect(await (await open(env, 'requests')).bounds(0)).toMatchObject({ startOffset: 0 })
    expect(new Set(asked)).toEqual(
      new Set([
        `Basic ${Buffer.from('id:secret').toString('base64')} grant_type=client_credentials&scope=kafka`,
      ]),
    )
  })
})

const LINE =
  '192.0.2.1 - fjord [25/Nov/2026:10:00:00 +0100] "GET /v1/orders HTTP/1.1" 200 512 "-" "curl/8.5.0"\n'
const HOURS_OF_LINE = ['--from', '2026-11-25T08:00:00Z', '--to', '2026-11-25T10:00:00Z']

const NGINX_LINE = JSON.stringify({
  ...{ msec: Date.now() / 1_000, client_id: 'fjord', status: 200, request_length: 5, bytes_sent: 7 },
})

function logOf(env: Record<string, string>, topic: string) {
  const { log } = readConfig(env)
  if (log.kind !== 'kafka') throw new Error('not Kafka')
  return { ...log, topic }
}

async function makeTopic(kafka: SecuredKafka, topic: string): Promise<void> {
  const env = { KAFKA_BROKERS: kafka.plain.brokers.join(','), KAFKA_PARTITIONS: '1' }
  await (await openEventLog(logOf(env, topic))).close()
}

/** As the broker's validator for development takes it. */
function unsignedToken(subject: string): string {
  const nowSeconds = Math.floor(Date.now() / 1_000)
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = { sub: subject, iat: nowSeconds, exp: nowSeconds + 600 }
  return `${encode({ alg: 'none' })}.${encode(claims)}.`
}
