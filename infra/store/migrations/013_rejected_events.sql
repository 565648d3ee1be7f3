CREATE OR REPLACE VIEW rejected_events AS
SELECT stream, partition, offset, event_index, append_time, reason, detail, source, file, position, excerpt, record_bytes
FROM rejected_event FINAL
