-- By what processes that count one stream into this store share its partitions: the newest row of each is its last sign of
-- life. Nothing that is counted rests on it, so it is neither fsynced nor kept.
CREATE TABLE IF NOT EXISTS process_sign
(
    stream LowCardinality(String),
    process String COMMENT 'host, process id, and what tells two of these apart',
    sequence UInt64 COMMENT 'counts from 1; by whether it grows, the others know that the process lives',
    is_leaving Bool COMMENT 'it gives up what it holds once others hold it',
    held Array(UInt32) COMMENT 'partitions that it counts, and has caught up with what was counted of them',
    told_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'by the clock of the store'
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY (stream, process)
TTL toDateTime(told_at) + INTERVAL 1 DAY
