-- Every counted occurrence, the first included, of each request id that was counted more than once for one hour: of those
-- below any cut of the log, the first by append time, partition, offset and index counts. Rows are only ever added.
CREATE TABLE IF NOT EXISTS repeated_request
(
    stream LowCardinality(String),
    hour DateTime('UTC') COMMENT 'of the event',
    id_hash UInt64 COMMENT 'as in request_identity',
    partition UInt32,
    offset UInt64,
    event_index UInt32,
    request_id String COMMENT 'empty where it is not known',
    append_time DateTime64(3, 'UTC'),
    source String,
    client_id String,
    integration_id String,
    status_class Enum8(
        '0xx' = 0, '1xx' = 1, '2xx' = 2, '3xx' = 3, '4xx' = 4, '5xx' = 5, '429' = 6, '401/407' = 7
    ),
    request_bytes UInt64,
    response_bytes UInt64,
    is_known Bool COMMENT 'false: the log had lost it before it could be compared with another of its hash; nothing follows'
)
ENGINE = ReplacingMergeTree(is_known)
ORDER BY (stream, hour, id_hash, partition, offset, event_index)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
