-- Rejected events as they are kept: by themselves, or, of blocks that were folded, added up. Each is in one row: whether
-- a block was folded is read once for both.
CREATE OR REPLACE VIEW rejected_stored AS
SELECT
    stored.stream AS stream,
    stored.partition AS partition,
    stored.offset AS offset,
    stored.event_index AS event_index,
    stored.block AS block,
    stored.append_time AS append_time,
    stored.event_time AS event_time,
    stored.event_time_last AS event_time_last,
    stored.reason AS reason,
    stored.detail AS detail,
    stored.source AS source,
    stored.file AS file,
    stored.position AS position,
    stored.excerpt AS excerpt,
    stored.record_bytes AS record_bytes,
    stored.events AS events,
    stored.events_of_sources AS events_of_sources,
    stored.state AS state,
    stored.state_reason AS state_reason,
    stored.state_actor AS state_actor,
    stored.mended_client_id AS mended_client_id
FROM
(
    SELECT
        stream, partition, offset, event_index, block, append_time, event_time, event_time_last, reason, detail, source,
        file, position, excerpt, record_bytes, events, events_of_sources, '' AS state, '' AS state_reason,
        '' AS state_actor, '' AS mended_client_id, '' AS fold_id
    FROM rejected_event FINAL
    UNION ALL
    SELECT
        stream, partition, offset, event_index, block, append_time, event_time, event_time_last, reason, detail, source,
        file, CAST(NULL, 'Nullable(UInt64)') AS position, excerpt, record_bytes, events, events_of_sources,
        toString(state) AS state, state_reason, state_actor, mended_client_id, fold_id
    FROM rejected_sum
) AS stored
LEFT JOIN
(
    SELECT stream, partition, block, if(argMax(step, turn) IN ('folded', 'kept'), argMax(fold_id, turn), '') AS fold_id
    FROM rejected_fold
    GROUP BY stream, partition, block
) AS folds
    ON stored.stream = folds.stream AND stored.partition = folds.partition AND stored.block = folds.block
WHERE stored.fold_id = folds.fold_id
