-- Absolute totals per block, set and never added to. A row's value is a function of the log up to last_offset, so a
-- replay writes the same rows again and a stalled writer writes lower versions, which lose.
CREATE TABLE IF NOT EXISTS usage_rollup
(
    client_id String,
    hour DateTime('UTC'),
    integration_id String,
    status_class Enum8('0xx' = 0, '1xx' = 1, '2xx' = 2, '3xx' = 3, '4xx' = 4, '5xx' = 5) COMMENT '0xx: no response sent',
    stream LowCardinality(String),
    partition UInt32,
    block UInt64,
    requests UInt64,
    request_bytes UInt64,
    response_bytes UInt64,
    last_offset UInt64 COMMENT 'the last offset folded in when the row was written'
)
ENGINE = ReplacingMergeTree(last_offset)
PARTITION BY toYYYYMM(hour)
ORDER BY (client_id, hour, integration_id, status_class, stream, partition, block)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
