-- One row per block, written after the rows it vouches for. The truth about progress.
CREATE TABLE IF NOT EXISTS block_ledger
(
    stream LowCardinality(String),
    partition UInt32,
    block UInt64 COMMENT 'the block begins at this offset, where the one before ends',
    fold_version UInt16,
    block_size UInt32 COMMENT 'it ends at the next multiple of it, or before the first record of a later day',
    window_size UInt32 COMMENT 'offsets within which a repeated request id is a duplicate',
    first_offset UInt64 COMMENT '= block',
    next_offset UInt64 COMMENT 'everything below is folded in; the block is complete when another begins there',
    records UInt64,
    events UInt64 COMMENT '= requests + duplicates + rejected + marks',
    requests UInt64,
    duplicates UInt64,
    rejected UInt64,
    marks UInt64,
    request_ids UInt64 COMMENT 'events whose identity is a request id: the ones the duplicate window is for',
    request_bytes UInt64,
    response_bytes UInt64,
    first_hour Nullable(DateTime('UTC')),
    last_hour Nullable(DateTime('UTC')),
    first_append_time Nullable(DateTime64(3, 'UTC')) COMMENT 'of its first record, whose day is the block''s',
    last_append_time Nullable(DateTime64(3, 'UTC')),
    fingerprint UInt64 COMMENT 'of the identities and offsets of the admitted events, in order'
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (stream, partition, block)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
