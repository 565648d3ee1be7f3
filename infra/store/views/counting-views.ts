import type { ViewTexts } from './view-text.ts'

const STREAM = 'The topic that was counted'

export const countingViews: ViewTexts = {
  ingest_progress: {
    is: 'How far each partition of the log is counted, and what came of it.',
    columns: {
      stream: STREAM,
      partition: 'Of the log',
      blocks: 'Ranges of offsets that were counted',
      first_offset: 'Where counting began',
      next_offset: 'Everything below is counted',
      records: 'Records of the log',
      requests: 'Requests counted, each once within its partition',
      duplicates: 'Events that were seen before',
      rejected: "Events that can't be counted",
      marks: 'Records by which sources say how far they have shipped',
      request_bytes: 'What the requests sent, in bytes',
      response_bytes: 'What they were answered, in bytes',
      last_append_time: 'When the newest counted record came into the log',
    },
  },
  source_progress: {
    is: 'What each source says it shipped beside what arrived.',
    columns: {
      stream: STREAM,
      source: 'One log stream of one gateway instance',
      format: 'How its lines are read',
      events: 'That arrived, each once',
      duplicates: 'That arrived again',
      events_marked: 'That the source says it shipped up to its newest mark',
      events_at_mark: 'That had arrived by then',
      missing: 'The difference: not 0 only when something was lost on the way',
      partitions: 'That something of the source came to',
      through: 'Everything up to here was shipped; null until the source has given a mark to every partition',
    },
  },
  source_instances: {
    is: 'Who vouches for each source: its shippers by their ids, where their marks say who gave them.',
    columns: {
      stream: STREAM,
      source: 'One log stream of one gateway instance',
      instance:
        'Made with its progress; or unnamed (marks without an id) or others (more than are told apart)',
      host: 'What its machine calls itself',
      through: 'What it vouches for; where its progress was copied, what the copy began with at most',
      heard: 'When its newest mark came into the log',
      sequence: 'Of its newest mark: it grows whenever it is heard',
      copies: 'Marks by which a copy of its progress was seen at work',
      is_copied: '1 while nobody has settled these',
      retired_reason: 'Why a person said that it will ship no more; empty while its source waits for it',
      obstacles: 'What its newest mark says stands in its way',
      obstacles_total: 'How many these are, with those that are not listed',
    },
  },
  rejected_events: {
    is:
      'What could not be counted, with its place in the log. A row stands for so many events of its record: ' +
      'count by sum(events).',
    columns: {
      stream: STREAM,
      partition: 'Of the log',
      offset: 'Of the record in the partition',
      event_index: 'Position in the record, for a record with several events',
      block: 'The range of offsets that it was counted with',
      append_time: 'When the record came into the log',
      reason: "Why it can't be counted, as a code",
      detail: 'What was found and what was expected',
      source: "Who shipped it; empty where that can't be read",
      file: "The log file it stands in; empty where that can't be read",
      position: 'Byte position of the line in its file',
      excerpt:
        'How it is written, without what it says: letters are a, digits 9, both together x, a long run a{12}',
      record_bytes: 'Size of the record',
      events:
        'So many that are alike: of the record from event_index on, or, long settled, of the hour in the block',
      state: 'open, waived, mending (sent again, not counted yet) or mended (counted)',
      state_reason: 'Why it was waived or mended',
      state_actor: 'Who did it',
      mended_client_id: 'To whom it was counted; else empty',
    },
  },
  rejected_stored: {
    is:
      'Rejected events as they are kept, for those who check the sums: by themselves, or, where all of their block ' +
      'is long settled, added up. rejected_events has what became of them.',
    columns: {
      stream: STREAM,
      partition: 'Of the log',
      offset: 'Of the record in the partition; of a sum, of the first',
      event_index: 'Position in the record; of a sum, that of the first and 2147483648',
      block: 'The range of offsets that it was counted with',
      append_time: 'When the record came into the log; of a sum, the first',
      event_time: 'The time for which it was rejected; else null',
      event_time_last: 'Of a sum the latest',
      reason: "Why it can't be counted, as a code",
      detail: 'What was found and what was expected',
      source: "Who shipped it; empty where that can't be read",
      file: 'The log file it stands in; empty where that is not one',
      position: 'Byte position of the line in its file; null of a sum',
      excerpt: 'How it is written, without what it says; of a sum, the first',
      record_bytes: 'Size of the record; of a sum, of all together',
      events: 'So many that the row stands for',
      events_of_sources: 'Of them, those that name a source or a file',
      state: 'Of a sum, what had become of its events when they were added up; else empty',
      state_reason: 'Of a sum, why it was waived or mended',
      state_actor: 'Of a sum, who did it',
      mended_client_id: 'Of a sum, to whom it was counted',
    },
  },
}
