import { expect, test } from 'vitest'
import { judgeTopic, type TopicSettings } from './judge-topic.ts'

const CONNECTION = { brokers: ['kafka:9092'], clientId: 'forbruk' }
const RIGHT = {
  'message.timestamp.type': 'LogAppendTime',
  'cleanup.policy': 'delete',
  'retention.ms': '5356800000',
  'retention.bytes': '-1',
  'min.insync.replicas': '2',
  'unclean.leader.election.enable': 'false',
  'max.message.bytes': '1048588',
  'compression.type': 'producer',
}

function judge(configs: Record<string, string>, replicas = 3): string[] {
  const all = new Map(Object.entries({ ...RIGHT, ...configs }))
  const settings: TopicSettings = { topic: 'requests', partitionCount: 8, replicas, configs: all }
  return judgeTopic(settings, CONNECTION).map(({ kind, text }) => `${kind}: ${text}`)
}

test('a topic as it is made by ourselves has no fault, whatever it compresses with', () => {
  expect(judge({})).toEqual([])
  expect(judge({ 'min.insync.replicas': '1' }, 1)).toEqual([])
  expect(judge({ 'compression.type': 'zstd' })).toEqual([])
  expect(judge({ 'retention.ms': '-1' })).toEqual([])
})

test.each([
  ['cleanup.policy', 'compact', 'refused', 'expected delete', 'cleanup.policy=delete'],
  ['cleanup.policy', 'compact,delete', 'refused', 'expected delete', 'cleanup.policy=delete'],
  ['message.timestamp.type', 'CreateTime', 'refused', 'expected LogAppendTime', 'LogAppendTime'],
  ['retention.ms', '604800000', 'warned', '9 days', 'retention.ms=5356800000'],
  ['retention.ms', '2678400000', 'warned', '62 days', 'retention.ms=5356800000'],
  ['retention.bytes', '1073741824', 'warned', 'expected -1', 'retention.bytes=-1'],
  ['min.insync.replicas', '1', 'warned', 'one broker alone', 'min.insync.replicas=2'],
  ['min.insync.replicas', '4', 'warned', 'nothing can be appended', 'min.insync.replicas=2'],
  ['unclean.leader.election.enable', 'true', 'warned', 'expected false', 'enable=false'],
  ['max.message.bytes', '100000', 'warned', '1048576 or more', 'max.message.bytes=1048576'],
])('%s=%s is %s', (setting, value, kind, why, command) => {
  const faults = judge({ [setting]: value })
  expect(faults).toEqual([expect.stringMatching(`^${kind}: The topic "requests" has ${setting}=${value}`)])
  expect(faults[0]).toContain(why)
  expect(faults[0]).toMatch(new RegExp(`--entity-name requests --add-config \\S*${command}$`))
})

test('with settings of a client its file is named in the command', () => {
  const settings = {
    topic: 't',
    partitionCount: 1,
    replicas: 1,
    configs: new Map([['cleanup.policy', 'compact']]),
  }
  const [fault] = judgeTopic(settings, { ...CONNECTION, ssl: true })
  expect(fault?.text).toContain('--bootstrap-server kafka:9092 --command-config client.properties --alter')
})
