-- Where an alert stands on the alerts topic: written after it was appended, or found there.
CREATE TABLE IF NOT EXISTS usage_alert_published
(
    alert_id String,
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    published_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (alert_id, topic)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
