-- The same by day, of all clients together.
CREATE OR REPLACE VIEW usage_by_day AS
WITH
    (
        SELECT tuple(mapFromArrays(groupArray(toString(stream)), groupArray(cut)), groupArrayArray(months.settlement))
        FROM (SELECT stream, cut, months FROM usage_settlement ORDER BY sequence DESC LIMIT 1 BY stream)
    ) AS settled,
    (
        SELECT ifNull(min(first_hour), toDateTime(4294967295, 'UTC'))
        FROM block_ledger WHERE block >= (settled.1)[toString(stream)][partition + 1]
    ) AS first_hour_left,
    if(length(settled.1) = 0, toDateTime(0, 'UTC'), first_hour_left) AS rest_from
SELECT
    stream,
    day,
    toInt64(requests) AS requests,
    toInt64(request_bytes) AS request_bytes,
    toInt64(response_bytes) AS response_bytes
FROM usage_settled_day
WHERE settlement IN (SELECT arrayJoin(settled.2))
UNION ALL
SELECT
    stream,
    toDate(hour, 'Europe/Oslo') AS day,
    toInt64(requests) AS requests,
    toInt64(request_bytes) AS request_bytes,
    toInt64(response_bytes) AS response_bytes
FROM usage_rollup FINAL
WHERE hour >= rest_from AND block >= (settled.1)[toString(stream)][partition + 1]
SETTINGS
    do_not_merge_across_partitions_select_final = 1,
    optimize_move_to_prewhere_if_final = 1,
    use_skip_indexes_if_final = 1,
    use_skip_indexes_if_final_exact_mode = 0
UNION ALL
SELECT
    stream,
    toDate(hour, 'Europe/Oslo') AS day,
    -1 AS requests,
    -toInt64(request_bytes) AS request_bytes,
    -toInt64(response_bytes) AS response_bytes
FROM
(
    SELECT
        stream,
        hour,
        request_bytes,
        response_bytes,
        row_number() OVER (
            PARTITION BY stream, hour, request_id
            ORDER BY append_time, partition, offset, event_index
        ) AS occurrence
    FROM repeated_request FINAL
    WHERE is_known
    SETTINGS optimize_move_to_prewhere_if_final = 1
)
WHERE occurrence > 1
