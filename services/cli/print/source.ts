import { describeObstacles } from '@forbruk/close/gate/describe-obstacles.ts'
import { nameInstance } from '@forbruk/infra/ledger/sources/source-instances.ts'
import type { SilentSource, Source } from '@forbruk/infra/ledger/sources/sources.ts'
import { groupDigits, printLine, printTable, spellTime } from './table.ts'

type SourceList = {
  readonly shipped: readonly Source[]
  /** Expected, and never heard of. */
  readonly silent: readonly SilentSource[]
}

export function printSourceList({ shipped, silent }: SourceList): void {
  if (shipped.length + silent.length === 0) {
    printLine('no source has shipped anything yet, and none is expected')
    return
  }
  printTable(
    [
      { title: 'source' },
      { title: 'expected from' },
      { title: 'by' },
      { title: 'events', align: 'right' },
      { title: 'missing', align: 'right' },
      { title: 'complete through (UTC)' },
      { title: 'standing' },
    ],
    [
      ...shipped.map(each => [
        each.source || '(gateway)',
        ...spellExpected(each),
        groupDigits(each.events),
        groupDigits(each.missing),
        each.throughMs === null ? '' : spellTime(each.throughMs),
        spellStanding(each),
      ]),
      ...silent.map(each => [
        each.source,
        each.fromMonth ?? 'every month',
        each.actor,
        '0',
        '0',
        '',
        'never shipped: months wait for it',
      ]),
    ],
  )
  printInstances(shipped)
}

/** Where several ship under one name, or one has gone. */
export function printInstances(sources: readonly Source[]): void {
  const several = sources.filter(({ instances }) => instances.length > 1)
  if (several.length === 0) return
  printLine()
  printTable(
    [
      { title: 'source' },
      { title: 'shipper' },
      { title: 'vouches through (UTC)' },
      { title: 'last heard (UTC)' },
      { title: 'standing' },
    ],
    several.flatMap(({ source, instances }) =>
      instances.map(each => [
        source,
        nameInstance(each),
        spellTime(each.throughMs),
        spellTime(each.heardMs),
        each.retired === null
          ? each.isCopied
            ? 'its progress was copied'
            : 'live'
          : `retired: ${each.retired}`,
      ]),
    ),
  )
}

/** As JSON has it. */
export function instancesAsJson({ instances }: Source) {
  return instances.map(({ instance, host, throughMs, heardMs, isCopied, retired }) => ({
    ...{ instance, host, through: spellTime(throughMs), heard: spellTime(heardMs) },
    is_copied: isCopied,
    retired,
  }))
}

function spellExpected({ expected, givesMarks, retired }: Source): [string, string] {
  if (expected !== null) return [expected.fromMonth ?? 'every month', expected.actor]
  return [givesMarks && retired === null ? 'its first mark' : '', '']
}

function spellStanding({ retired, givesMarks, obstacles }: Source): string {
  if (retired !== null) return `retired: ${retired.reason}`
  if (obstacles.total > 0) return `in its way: ${describeObstacles(obstacles)}`
  return givesMarks ? 'live: months wait for its marks' : 'gives no marks: the grace alone counts'
}

export function sourceListAsJson({ shipped, silent }: SourceList) {
  return {
    shipped: shipped.map(({ throughMs, ...each }) => ({
      ...each,
      instances: instancesAsJson({ ...each, throughMs }),
      through: throughMs === null ? null : spellTime(throughMs),
    })),
    silent,
  }
}
