-- That a standing rule holds no longer than a month. A rule is ended once.
CREATE TABLE IF NOT EXISTS rejected_rule_end
(
    stream LowCardinality(String),
    name String,
    ended_at DateTime64(3, 'UTC'),
    until_month String COMMENT 'the last it holds for, YYYY-MM',
    reason String,
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, name)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
