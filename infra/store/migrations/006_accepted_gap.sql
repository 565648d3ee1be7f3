-- Offsets [from_offset, to_offset) that an operator gave up, because the log no longer holds what counting them takes. A
-- fact of the ledger: the block before ends at from_offset, and another begins at to_offset.
CREATE TABLE IF NOT EXISTS accepted_gap
(
    stream LowCardinality(String),
    partition UInt32,
    from_offset UInt64,
    to_offset UInt64 COMMENT '= from_offset where only the block could not go on',
    reason String,
    accepted_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(accepted_at)
ORDER BY (stream, partition, from_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
