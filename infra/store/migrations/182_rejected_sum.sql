-- Rejected events of blocks that were folded, added up: those of a block that are alike and came in one hour are one row.
-- What became of them is kept with them. Only the sums of the fold that rejected_fold has last for a block hold.
CREATE TABLE IF NOT EXISTS rejected_sum
(
    fold_id String,
    stream LowCardinality(String),
    partition UInt32,
    offset UInt64 COMMENT 'of the first of them',
    event_index UInt32 COMMENT 'of the first of them, and 2^31: so no word about that one is one about all',
    block UInt64,
    append_time DateTime64(3, 'UTC') COMMENT 'of the first of them; all are of one hour',
    event_time Nullable(DateTime64(3, 'UTC')) COMMENT 'the earliest; null where no time could be read',
    event_time_last Nullable(DateTime64(3, 'UTC')),
    reason LowCardinality(String),
    detail String COMMENT 'how many, and what the first says',
    source String,
    file String COMMENT 'empty where they are of several',
    excerpt String COMMENT 'of the first',
    record_bytes UInt64 COMMENT 'of all together',
    events UInt32,
    events_of_sources UInt32,
    state LowCardinality(String) COMMENT 'open, waived or mended; one that is open may be waived at its own place',
    state_reason String,
    state_actor String,
    mended_client_id String
)
ENGINE = MergeTree
ORDER BY (stream, partition, offset, event_index, fold_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
