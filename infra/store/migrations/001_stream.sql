-- One row per topic that is counted. Its block size and duplicate window never change under a stream: every stored
-- figure is a function of the log and of them.
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
