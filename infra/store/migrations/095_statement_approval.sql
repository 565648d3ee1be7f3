-- Who let the statements of a revision be announced that waited for approval; one row each, whoever comes first.
CREATE TABLE IF NOT EXISTS statement_approval
(
    month String,
    revision UInt32,
    actor String,
    approved_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (month, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
