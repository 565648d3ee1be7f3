import { expect, test } from 'vitest'
import { type AnnouncementFacts, placeAnnouncements } from './place-announcements.ts'

const facts = (revision: number, more: Partial<AnnouncementFacts> = {}): AnnouncementFacts => ({
  ...{
    month: '2026-10',
    revision,
    contentHash: 'abc',
    announce: 'immediately',
    approvedBy: null,
    isAnnounced: false,
  },
  ...more,
})
const held = { announce: 'after-approval' } as const
const statesOf = (...revisions: AnnouncementFacts[]) => placeAnnouncements(revisions).map(each => each.state)

test.each<[string, AnnouncementFacts[], string[]]>([
  ['at once', [facts(1)], ['due']],
  ['only once approved', [facts(1, held)], ['waiting']],
  ['once approved', [facts(1, { ...held, approvedBy: 'kari' })], ['due']],
  ['once', [facts(1, { ...held, approvedBy: 'kari', isAnnounced: true })], ['announced']],
  ['after those before it', [facts(1, held), facts(2)], ['waiting', 'waiting']],
  ['as far as is approved', [facts(1), facts(2, held), facts(3, held)], ['due', 'waiting', 'waiting']],
  ['by month', [facts(1, held), facts(1, { month: '2026-11' })], ['waiting', 'due']],
  // From before there was a policy, or by a setting that changed.
  ['not again', [facts(1, { ...held, isAnnounced: true }), facts(2)], ['announced', 'due']],
])('a revision is announced %s', (_when, revisions, states) => {
  expect(statesOf(...revisions)).toEqual(states)
})

test('a person is asked for those that wait by themselves', () => {
  const placed = placeAnnouncements([facts(1, held), facts(2), facts(3, held)])
  expect(placed.map(each => each.needsApproval)).toEqual([true, false, true])
})
