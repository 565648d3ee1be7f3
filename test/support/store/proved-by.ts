/** How every table that has no seals is proved, or why nothing rests on it. */
export const PROVED_BY: Readonly<Record<string, string>> = {
  registry_client: 'the import id, which is the hash of what was imported',
  registry_partner: 'the import id, which is the hash of what was imported',
  registry_integration: 'the import id, which is the hash of what was imported',
  registry_activation: 'the import id, which is the hash of what was imported',
  usage_rollup: 'the block ledger, and the log by a replay',
  source_ledger: 'the block ledger, and the log by a replay',
  rejected_event: 'the block ledger, and the log by a replay',
  request_identity: 'the block ledger, and the log by a replay',
  block_ledger: 'that its blocks leave no gap, and the log by a replay',
  repeated_request: 'the number in recognition_progress, and the log by a replay',
  recognition_progress: 'the rows that it counts: with any less it holds no more',
  usage_alert_attempt: 'nothing: no figure and no decision rests on a delivery to a webhook',
  schema_migration: 'nothing: with a row less its migration is run again, which changes nothing',
  installation: 'nothing: with another id counting begins a group of its own, and counts the same',
  stream_secret: 'nothing: what it signs is judged by stream_key',
  seal: 'nothing: a row whose seal is lost is named',
}
