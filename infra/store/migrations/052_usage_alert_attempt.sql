-- An alert's way to its webhooks: a row before each request, which at most one process may write, and one after it.
CREATE TABLE IF NOT EXISTS usage_alert_attempt
(
    alert_id String,
    webhook String COMMENT 'host and a hash of the URL, which may hold a secret',
    attempt UInt16 COMMENT 'from 1',
    state LowCardinality(String) COMMENT 'started, accepted or failed',
    holder String COMMENT 'the process that makes the attempt',
    at DateTime64(3, 'UTC'),
    status Nullable(UInt16) COMMENT 'of the answer; null without one',
    detail String COMMENT 'why it failed',
    next_attempt_at Nullable(DateTime64(3, 'UTC')) COMMENT 'of a failed attempt; null when it was the last'
)
ENGINE = MergeTree
ORDER BY (alert_id, webhook, attempt, state)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    -- An attempt is made once: see put-if-absent.ts.
    non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000,
    replicated_deduplication_window_seconds = 3155760000
