-- Rejected events as they are kept: by themselves, or, of blocks that were folded, added up. Each is in one row.
CREATE OR REPLACE VIEW rejected_stored AS
SELECT
    stream, partition, offset, event_index, block, append_time, event_time, event_time_last, reason, detail, source,
    file, position, excerpt, record_bytes, events, events_of_sources
FROM rejected_event FINAL
WHERE (stream, partition, block) NOT IN (SELECT stream, partition, block FROM rejected_fold)
UNION ALL
SELECT
    stream, partition, offset, event_index, block, append_time, event_time, event_time_last, reason, detail, source,
    file, CAST(NULL, 'Nullable(UInt64)') AS position, excerpt, record_bytes, events, events_of_sources
FROM rejected_sum
WHERE fold_id IN (SELECT fold_id FROM rejected_fold)
