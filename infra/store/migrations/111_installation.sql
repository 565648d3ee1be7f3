-- One row: what tells this store from every other one that counts on the same brokers. Made by whoever first needs it,
-- and never changed.
CREATE TABLE IF NOT EXISTS installation
(
    id String
)
ENGINE = MergeTree
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
