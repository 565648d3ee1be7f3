import type { ViewTexts } from './view-text.ts'

const REVISION = {
  month: "Month of the tariff's time zone, YYYY-MM",
  revision: '1 for the first close of the month, 2 for the next, and so on',
} as const

const CLIENT = { client_id: 'Whose usage it is', client_name: 'As the registry had it' } as const
const PAYER = { payer_id: 'The client, or its partner when it has a collective invoice' } as const
const LATEST = {
  content_hash: 'SHA-256 of what the revision says: the same content has the same hash',
  is_latest: "1 in rows of the month's newest revision; sum over those alone",
} as const
const CUT = 'By partition the offset below which every event was counted'
const STREAM = 'The topic that was counted'
const FORCED = 'Why it was closed though incomplete; empty when it was complete'

export const statementViews: ViewTexts = {
  month_closes: {
    is: 'One row for each revision of a month, with everything it rests on.',
    columns: {
      ...REVISION,
      close_id: 'SHA-256 of the content, the revision and what it rests on',
      content_hash: LATEST.content_hash,
      closed_at: 'When it was closed',
      stream: STREAM,
      cut: CUT,
      registry_import_id: "The registry's version, see registry_imports",
      tariff_hash: "SHA-256 of the tariff's version",
      tariff_valid_from: 'From when that version holds',
      tariff: 'That version, as JSON',
      decisions: 'Of the dialogue over the month, as far as made',
      definitions: 'How the figures came about, in words',
      clients: 'In the registry',
      statements: 'How many statements there are',
      counted_requests: 'All that was counted in the month, whoever it is charged to, or nobody',
      counted_bytes: 'The same in bytes',
      requests: 'What stands on the statements',
      bytes: 'The same in bytes',
      payable_nok: 'Of all statements, exclusive of VAT',
      proposed_nok: 'Overage that waits for a decision, of all statements',
      exceptions: 'What could not be charged as it stands, as JSON',
      rejected: 'Rejected events that may belong to the month, by reason, and what became of them',
      waivers: 'What people waived of them, why and who',
      sources: 'What each source had said by then',
      changes: 'What differs from the revision before, by the input that changed',
      forced_reason: FORCED,
      forced_lacks: 'What was missing then',
      decided: 'The decisions with what each covers',
      announce: 'immediately, or after-approval where a person had to let the statements out',
      ruled:
        'Standing rules that waived rejected events, how many and how many they might; part of waived in rejected',
      reconciled:
        "What gateways' own counters said of a part of the month, by source, and what had arrived of it",
      is_latest: LATEST.is_latest,
    },
  },
  statements: {
    is: 'One row for each client of a revision.',
    columns: {
      ...REVISION,
      ...CLIENT,
      partner_id: 'Empty without a partner',
      ...PAYER,
      payer_name: 'As the registry had it',
      status: 'proposed while any line is, else payable',
      amount_nok: 'Payable and proposed, exclusive of VAT',
      payable_nok: 'To be paid',
      proposed_nok: 'Overage that waits for a decision',
      requests: 'Of the client in the month, as counted',
      request_bytes: 'What they sent, in bytes',
      response_bytes: 'What they were answered, in bytes',
      bytes: 'Both together',
      metered_requests: 'What counted against the allowance',
      metered_bytes: 'The same in bytes',
      usage: 'The usage by integration, with the kind that the registry gives it',
      ...LATEST,
      closed_at: 'When the revision was closed',
      forced_reason: FORCED,
      tariff_valid_from: "From when the tariff's version holds",
      definitions: 'How the figures came about, in words',
      stream: STREAM,
      cut: CUT,
    },
  },
  statement_lines: {
    is: 'The lines of each statement. The items are explained with the tariff.',
    columns: {
      ...REVISION,
      ...CLIENT,
      ...PAYER,
      line: 'From 1, in the order printed',
      item: 'included, partner_tier, access_external, overage_requests or overage_transfer',
      integration_id: 'Of an included line; else empty',
      detail: 'What the line is for, in words',
      quantity: 'Exact',
      unit: 'request, MB or month',
      unit_price_nok: 'By the tariff',
      amount_nok: 'Rounded half up to øre, once',
      status: 'payable, proposed or waived',
      ...LATEST,
    },
  },
  statement_adjustments: {
    is: 'What a revision changes of the one before it, line by line.',
    columns: {
      ...REVISION,
      ...CLIENT,
      payer_id:
        'Who owes it; a line that moved to another payer is taken from the one and added to the other',
      payer_name: 'As the registry had it',
      item: 'As in statement_lines',
      integration_id: 'Of an included line; else empty',
      unit: 'request, MB or month',
      quantity_before: 'In the revision before',
      quantity_after: 'In this one',
      status_before: 'Empty where there was no such line',
      status_after: 'Empty where there is no such line any more',
      amount_before_nok: 'Payable or proposed; 0 while waived',
      amount_after_nok: 'Payable or proposed; 0 while waived',
      adjustment_nok: 'After less before',
      payable_nok: 'What the payer owes more; a negative amount is owed to the payer',
      causes: 'usage, registry, tariff or decision, each with its part of the adjustment',
      ...LATEST,
    },
  },
}
