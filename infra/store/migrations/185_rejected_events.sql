-- A row stands for `events`: for one, for some of its record from `event_index` on, or, of a block that was folded, for
-- those of an hour that are alike. `state` is open, waived, mending (sent again, and not counted yet) or mended (counted).
-- A sum has what had become of its events; the word of a person that follows is at its own place.
CREATE OR REPLACE VIEW rejected_events AS
SELECT
    rejected.stream AS stream,
    rejected.partition AS partition,
    rejected.offset AS offset,
    rejected.event_index AS event_index,
    rejected.block AS block,
    rejected.append_time AS append_time,
    rejected.reason AS reason,
    rejected.detail AS detail,
    rejected.source AS source,
    rejected.file AS file,
    rejected.position AS position,
    rejected.excerpt AS excerpt,
    rejected.record_bytes AS record_bytes,
    rejected.events AS events,
    multiIf(
        rejected.state NOT IN ('', 'open'), rejected.state,
        mends.sent AND progress.next_offset > mends.to_offset, 'mended',
        mends.request_id != '', 'mending',
        waivers.reason != '', 'waived',
        'open') AS state,
    multiIf(
        rejected.state NOT IN ('', 'open'), rejected.state_reason,
        mends.request_id != '', mends.reason,
        waivers.reason) AS state_reason,
    multiIf(
        rejected.state NOT IN ('', 'open'), rejected.state_actor,
        mends.request_id != '', mends.actor,
        waivers.actor) AS state_actor,
    if(rejected.mended_client_id != '', rejected.mended_client_id, mends.client_id) AS mended_client_id
FROM rejected_stored AS rejected
LEFT JOIN
(
    SELECT stream, partition, offset, event_index, reason, actor
    FROM rejected_waiver
    ORDER BY waived_at
    LIMIT 1 BY stream, partition, offset, event_index
) AS waivers
    ON rejected.stream = waivers.stream AND rejected.partition = waivers.partition
    AND rejected.offset = waivers.offset AND rejected.event_index = waivers.event_index
LEFT JOIN
(
    SELECT
        stream,
        partition,
        offset,
        event_index,
        any(request_id) AS request_id,
        any(client_id) AS client_id,
        anyIf(rejected_mend.reason, step = 'intended') AS reason,
        anyIf(rejected_mend.actor, step = 'intended') AS actor,
        any(to_partition) AS to_partition,
        countIf(step = 'sent') > 0 AS sent,
        maxIf(rejected_mend.to_offset, step = 'sent') AS to_offset
    FROM rejected_mend
    GROUP BY stream, partition, offset, event_index
) AS mends
    ON rejected.stream = mends.stream AND rejected.partition = mends.partition
    AND rejected.offset = mends.offset AND rejected.event_index = mends.event_index
LEFT JOIN (SELECT stream, partition, next_offset FROM ingest_progress) AS progress
    ON mends.stream = progress.stream AND mends.to_partition = progress.partition
