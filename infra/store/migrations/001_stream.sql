-- One row per topic that is counted: how each of its partitions begins to be counted. A record in the log itself begins
-- another fold version; what a block was counted with stands in its ledger row.
CREATE TABLE IF NOT EXISTS stream
(
    stream LowCardinality(String),
    partition_count UInt32,
    block_size UInt32 COMMENT 'offsets per block, at most',
    window_size UInt32 COMMENT 'offsets within which a repeated request id is a duplicate',
    fold_version UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
