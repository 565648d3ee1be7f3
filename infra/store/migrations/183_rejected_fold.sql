-- Blocks whose rejected events are kept as sums. The one row of a block is written after its sums, and by it these take
-- the place of the block's rows in rejected_event, which are deleted after that.
CREATE TABLE IF NOT EXISTS rejected_fold
(
    stream LowCardinality(String),
    partition UInt32,
    block UInt64,
    fold_id String,
    rows_before UInt64,
    rows UInt64,
    events UInt64,
    folded_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, partition, block)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
