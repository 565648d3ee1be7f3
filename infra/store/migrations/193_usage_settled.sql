-- What clients did in a month, in the blocks that are complete: see usage_settlement. Added up once, so nothing has to
-- be merged when it is read. A settlement is a partition, since it is dropped as a whole once another has its place.
CREATE TABLE IF NOT EXISTS usage_settled
(
    settlement UUID,
    stream LowCardinality(String),
    client_id String,
    first_day Date COMMENT 'of the month, Europe/Oslo',
    integration_id String,
    status_class Enum8(
        '0xx' = 0, '1xx' = 1, '2xx' = 2, '3xx' = 3, '4xx' = 4, '5xx' = 5, '429' = 6, '401/407' = 7
    ),
    requests UInt64,
    request_bytes UInt64,
    response_bytes UInt64,
    INDEX month formatDateTime(first_day, '%Y-%m') TYPE minmax GRANULARITY 1000000,
    INDEX first_day first_day TYPE minmax GRANULARITY 1000000
)
ENGINE = MergeTree
PARTITION BY settlement
ORDER BY (client_id, integration_id, status_class)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1
