-- What was done to keep a block's rejected events as sums, turn by turn: begun, folded, kept; or withdrawn, after which
-- it may begin again. Each turn is taken once. Sums hold in the place of the block's rows while its last turn is folded or
-- kept. The rows are deleted once it is kept, and then no turn follows.
CREATE TABLE IF NOT EXISTS rejected_fold
(
    stream LowCardinality(String),
    partition UInt32,
    block UInt64,
    turn UInt32,
    step LowCardinality(String),
    fold_id String COMMENT 'of the sums; empty where it has begun',
    words UInt64 COMMENT 'so many mends and waivers of the block there were before its sums were read',
    rows_before UInt64,
    rows UInt64,
    events UInt64,
    taken_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, partition, block, turn)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
