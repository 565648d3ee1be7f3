-- What was raised, once per stream, client, month, metric, kind and level, and never changed. Written before the alert is
-- sent anywhere, so that whoever sends it, after whatever crash, sends the same.
CREATE TABLE IF NOT EXISTS usage_alert
(
    alert_id String COMMENT 'hash of what the alert is about',
    stream LowCardinality(String),
    client_id String,
    month String COMMENT 'YYYY-MM in the tariff''s time zone',
    metric LowCardinality(String) COMMENT 'requests or bytes',
    kind LowCardinality(String) COMMENT 'actual or forecast',
    level UInt8 COMMENT 'percent of the allowance',
    used UInt64 COMMENT 'what counted against the allowance when the alert was raised',
    allowance UInt64,
    forecast Nullable(UInt64) COMMENT 'what the month would come to; null for actual',
    raised_at DateTime64(3, 'UTC'),
    period_start DateTime64(3, 'UTC'),
    period_end DateTime64(3, 'UTC') COMMENT 'the first instant after the month',
    log_start UInt64 COMMENT 'where the alert''s partition of the alerts topic ended before this row was written: the alert can''t stand before it'
)
ENGINE = MergeTree
ORDER BY (month, client_id, metric, kind, level, stream)
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    -- An alert is raised once: see put-if-absent.ts.
    non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000,
    replicated_deduplication_window_seconds = 3155760000
