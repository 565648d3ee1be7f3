import type { KafkaConnection } from './client.ts'

/** A topic's settings, as the brokers tell them. */
export type TopicSettings = {
  readonly topic: string
  readonly partitionCount: number
  /** Of the partition that has the fewest. */
  readonly replicas: number
  /** By their names; a setting that the broker doesn't know is missing. */
  readonly configs: ReadonlyMap<string, string>
}

/** A setting that is not as counting needs it; `text` says what, why, and the command that mends it. */
type TopicFault = {
  /** What is counted would be wrong, and nothing would show it; or what is lost depends on what fails. */
  readonly kind: 'refused' | 'warned'
  readonly text: string
}

const DAY_MS = 86_400_000
/** A month can be replayed after it was closed. */
export const RETENTION_MS = 62 * DAY_MS
/** Counting needs what was appended within seven days before an open block's own day. */
const RETENTION_MIN_MS = 9 * DAY_MS
/** Of the largest record that either log takes. */
export const RECORD_BATCH_BYTES_MAX = 1_048_576

type Expectation = {
  readonly setting: string
  readonly kind: TopicFault['kind']
  readonly isRight: (value: string, settings: TopicSettings) => boolean
  readonly expected: string
  readonly why: string
  /** What to set. */
  readonly value: (settings: TopicSettings) => string
}

const EXPECTED: readonly Expectation[] = [
  {
    setting: 'message.timestamp.type',
    kind: 'refused',
    isRight: value => value === 'LogAppendTime',
    expected: 'LogAppendTime',
    why: 'counting needs the time at which the log took a record, not one its sender chose',
    value: () => 'LogAppendTime',
  },
  {
    setting: 'cleanup.policy',
    kind: 'refused',
    isRight: value => value === 'delete' || value === '',
    expected: 'delete',
    why: 'compaction removes records that were not read yet, and nothing shows it',
    value: () => 'delete',
  },
  {
    setting: 'retention.ms',
    kind: 'warned',
    isRight: value => isAtLeast(value, RETENTION_MIN_MS),
    expected: `${RETENTION_MIN_MS} (9 days) at the very least`,
    why: 'a partition that was quiet, or counting that is behind, may need what is deleted by then',
    value: () => String(RETENTION_MS),
  },
  {
    setting: 'retention.ms',
    kind: 'warned',
    isRight: value => isAtLeast(value, RETENTION_MS) || !isAtLeast(value, RETENTION_MIN_MS),
    expected: `${RETENTION_MS} (62 days) or more`,
    why: "a closed month can't be replayed after that",
    value: () => String(RETENTION_MS),
  },
  {
    setting: 'retention.bytes',
    kind: 'warned',
    isRight: value => Number(value) < 0,
    expected: '-1',
    why: 'a burst would delete records however young they are',
    value: () => '-1',
  },
  {
    setting: 'min.insync.replicas',
    kind: 'warned',
    isRight: (value, { replicas }) => Number(value) <= replicas,
    expected: 'at most the number of replicas',
    why: 'nothing can be appended',
    value: ({ replicas }) => String(Math.max(1, replicas - 1)),
  },
  {
    setting: 'min.insync.replicas',
    kind: 'warned',
    isRight: (value, { replicas }) => replicas === 1 || Number(value) >= 2,
    expected: '2 or more',
    why: 'a record may be acknowledged that one broker alone has, and be lost with it',
    value: () => '2',
  },
  {
    setting: 'unclean.leader.election.enable',
    kind: 'warned',
    isRight: (value, { replicas }) => value === 'false' || replicas === 1,
    expected: 'false',
    why: 'a broker that lacks acknowledged records may come to lead, and their offsets would hold others',
    value: () => 'false',
  },
  {
    setting: 'max.message.bytes',
    kind: 'warned',
    isRight: value => Number(value) >= RECORD_BATCH_BYTES_MAX,
    expected: `${RECORD_BATCH_BYTES_MAX} or more`,
    why: 'a large record would be refused, and its source come to a halt',
    value: () => String(RECORD_BATCH_BYTES_MAX),
  },
]

/** Pure. A retention below zero has no end. */
function isAtLeast(value: string, leastMs: number): boolean {
  return Number(value) < 0 || Number(value) >= leastMs
}

/** What somebody else's topic must be as well, or records of it are gone before they are read. */
const EXPECTED_OF_FOREIGN = EXPECTED.filter(({ setting }) => setting === 'cleanup.policy')

/** All that is not as it must be for exactness. Pure. */
export function judgeTopic(
  settings: TopicSettings,
  connection: KafkaConnection,
  isForeign = false,
): TopicFault[] {
  return (isForeign ? EXPECTED_OF_FOREIGN : EXPECTED).flatMap(expectation => {
    const { setting, kind, isRight, expected, why } = expectation
    const value = settings.configs.get(setting)
    if (value === undefined || isRight(value, settings)) return []
    const mend = describeMend(settings.topic, `${setting}=${expectation.value(settings)}`, connection)
    const ofReplicas = setting === 'min.insync.replicas' ? ` with ${settings.replicas} replicas` : ''
    const found = `The topic "${settings.topic}" has ${setting}=${value}${ofReplicas}`
    const text = `${found}, expected ${expected}: ${why}. ${mend}`
    return [{ kind, text }]
  })
}

function describeMend(topic: string, config: string, { brokers, ssl, sasl }: KafkaConnection): string {
  const secured = ssl || sasl ? ' --command-config client.properties' : ''
  return (
    `Run: kafka-configs.sh --bootstrap-server ${brokers[0]}${secured} --alter --entity-type topics ` +
    `--entity-name ${topic} --add-config ${config}`
  )
}
