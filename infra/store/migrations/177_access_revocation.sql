-- That a token holds no longer, for good.
CREATE TABLE IF NOT EXISTS access_revocation
(
    name String COMMENT 'of the token',
    revoked_at DateTime64(3, 'UTC'),
    revoked_by String,
    reason String
)
ENGINE = MergeTree
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
