-- The same of each day and all clients.
CREATE TABLE IF NOT EXISTS usage_settled_day
(
    settlement UUID,
    stream LowCardinality(String),
    day Date COMMENT 'Europe/Oslo',
    requests UInt64,
    request_bytes UInt64,
    response_bytes UInt64
)
ENGINE = MergeTree
PARTITION BY settlement
ORDER BY day
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
