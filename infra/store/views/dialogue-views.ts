import type { ViewTexts } from './view-text.ts'

const CASE = {
  case_id: 'client_id, a slash and the month that the case was opened for',
  client_id: 'With whom the dialogue is',
} as const

export const dialogueViews: ViewTexts = {
  dialogue_cases: {
    is: 'The dialogue with each client above its allowance, as its steps have it now.',
    columns: {
      ...CASE,
      client_name: 'As the registry had it when the case was opened',
      state: 'open, or decided when every month is',
      opened_month: 'The month it was opened for, YYYY-MM',
      months: 'The months it is about',
      overage_requests: 'Above the allowance, in all months',
      overage_bytes: 'The same in bytes',
      proposed_nok: 'What that would cost',
      charged_nok: 'What of it is charged by decisions',
      decision: 'charge, waived or reduced_usage; mixed where months differ; empty while open',
      steps: 'How many there are',
      contacts: 'How often the client was contacted',
      opened_at: 'When it was opened',
      decided_at: 'When the newest decision was made; null while open',
      last_step_at: 'When something last happened',
      last_sequence: 'Of the newest step',
      last_contact_at: 'Null where nobody was contacted',
      follow_up: 'Day to come back to it, YYYY-MM-DD; else empty',
    },
  },
  dialogue_steps: {
    is: 'What happened in each case, by whom and when. Steps are only ever added.',
    columns: {
      ...CASE,
      opened_month: 'The month the case was opened for, YYYY-MM',
      sequence: "Counts the client's steps from 1, through all its cases",
      kind:
        'opened, month_added, evidence_changed, contacted, noted, decided; exceeded opens a case again where ' +
        'there is more, reopened takes decisions back',
      months: 'The months that the step is about',
      outcome: 'Of decided: charge, waived or reduced_usage; else empty',
      revision: 'Of the statement that the evidence is about; 0 without evidence',
      overage_requests: 'Above the allowance, by the evidence',
      overage_bytes: 'The same in bytes',
      proposed_nok: 'What that would cost',
      evidence: 'Hours, integrations and days behind it, as JSON; empty without',
      recorded_at: 'When it was recorded',
      actor: 'Who did it',
      note: "In that person's words",
      covers: 'Of decided: what it covers, by month; agreed_nok is what is charged of it, null for all',
      share_percent: 'Of decided: the share that is charged, where one was agreed',
      without_contact: 'Of decided: why it is charged though nobody was contacted',
      follow_up: 'Of noted: day to come back to it, YYYY-MM-DD',
    },
  },
}

export const alertAndRegistryViews: ViewTexts = {
  usage_alerts: {
    is: 'Alerts on clients near or above an allowance, where each stands on its topic, and its webhooks.',
    columns: {
      alert_id: 'Hash of what the alert is about: raised once',
      stream: 'The topic that was counted',
      client_id: 'Whose usage it is',
      month: "Month of the tariff's time zone, YYYY-MM",
      metric: 'requests or bytes',
      kind: 'actual or forecast',
      level: 'Percent of the allowance that was reached, or is forecast to be',
      used: 'What counted against the allowance when it was raised',
      allowance: 'What the month includes',
      forecast: 'What the month would come to; null for actual',
      raised_at: 'When it was raised',
      period_start: 'Where the month begins',
      period_end: 'The first instant after it',
      published_at: 'When it was put on its topic; null before',
      topic: 'The topic of alerts; empty before',
      partition: 'Where it stands there; null before',
      offset: 'Where it stands there; null before',
      webhooks: 'By webhook: accepted, trying or given_up, the attempts, and why the last one failed',
    },
  },
  registry_imports: {
    is: "The registry's versions, and from which month each holds.",
    columns: {
      sequence: 'Counts imports from 1',
      import_id: 'SHA-256 of the content',
      valid_from: 'The first month it holds for, YYYY-MM; empty: from the first one on',
      holds: '0 for an import that a later one for the same first month has replaced',
      imported_at: 'When it was imported',
      clients: 'How many there are in it',
      partners: 'How many there are in it',
      integrations: 'How many there are in it',
      activations: 'How many there are in it',
    },
  },
  registry_clients: {
    is: 'The clients of each import of the registry. The import that holds for a month is in registry_imports.',
    columns: {
      import_id: 'SHA-256 of the content that was imported',
      client_id: 'As the gateway names it',
      name: 'As the registry has it',
      partner_id: 'Empty without a partner',
      collective_invoice: 'Whether its partner gets its lines on one invoice',
      payer_id: 'The client, or its partner when it has a collective invoice',
      is_partner: '1 for a client that is a partner itself',
    },
  },
  registry_activations: {
    is:
      'Which integration is active for which client, for each import of the registry; one row without a client ' +
      'where it is for none.',
    columns: {
      import_id: 'SHA-256 of the content that was imported',
      integration_id: 'As the gateway names it',
      name: 'As the registry has it',
      kind: 'internal, year_end, partner or external',
      client_id: 'Empty where the integration is active for nobody',
      active_from: 'The first day, YYYY-MM-DD',
      active_until: 'The first day it is no longer active, YYYY-MM-DD; empty while it is',
    },
  },
}
