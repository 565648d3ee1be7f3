-- What usage_counted adds up to by month, and sooner: what is settled, and of the rest the rollup's rows. A row of the
-- rollup belongs to one block, and a block is settled whole or not at all, so that each counts once. Of a block that the
-- ledger has, no hour is earlier than its first, so that older months need not be looked through.
CREATE OR REPLACE VIEW usage_by_month AS
WITH
    'Enum8(''0xx'' = 0, ''1xx'' = 1, ''2xx'' = 2, ''3xx'' = 3, ''4xx'' = 4, ''5xx'' = 5, ''429'' = 6, ''401/407'' = 7)'
        AS classes,
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
    client_id,
    first_day,
    integration_id,
    CAST(status_class, classes) AS status_class,
    toInt64(requests) AS requests,
    toInt64(request_bytes) AS request_bytes,
    toInt64(response_bytes) AS response_bytes
FROM usage_settled
WHERE settlement IN (SELECT arrayJoin(settled.2))
UNION ALL
SELECT
    stream,
    client_id,
    toStartOfMonth(hour, 'Europe/Oslo') AS first_day,
    integration_id,
    CAST(status_class, classes) AS status_class,
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
    client_id,
    toStartOfMonth(hour, 'Europe/Oslo') AS first_day,
    integration_id,
    CAST(status_class, classes) AS status_class,
    -1 AS requests,
    -toInt64(request_bytes) AS request_bytes,
    -toInt64(response_bytes) AS response_bytes
FROM
(
    SELECT
        stream,
        client_id,
        hour,
        integration_id,
        status_class,
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
