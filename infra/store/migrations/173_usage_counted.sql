-- Usage by which every request counts once: what the blocks of the log add up to, less the copies of request ids that
-- one partition's fold could not see. Signed, since it is to be added up.
--
-- The settings are safe whatever is asked: rows that replace each other have one hour, so they lie in one partition and
-- one month, and are left out together or not at all. Only conditions on the sorting key are moved before FINAL.
CREATE OR REPLACE VIEW usage_counted AS
WITH
    'Enum8(''0xx'' = 0, ''1xx'' = 1, ''2xx'' = 2, ''3xx'' = 3, ''4xx'' = 4, ''5xx'' = 5, ''429'' = 6, ''401/407'' = 7)'
        AS classes
SELECT
    stream,
    client_id,
    hour,
    integration_id,
    CAST(status_class, classes) AS status_class,
    toInt64(requests) AS requests,
    toInt64(request_bytes) AS request_bytes,
    toInt64(response_bytes) AS response_bytes
FROM usage_rollup FINAL
SETTINGS
    do_not_merge_across_partitions_select_final = 1,
    optimize_move_to_prewhere_if_final = 1,
    use_skip_indexes_if_final = 1,
    use_skip_indexes_if_final_exact_mode = 0
UNION ALL
SELECT
    stream,
    client_id,
    hour,
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
