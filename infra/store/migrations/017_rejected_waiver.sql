-- Rejected events that are let go, one by one, each with a reason. The first waiver of an event holds.
CREATE TABLE IF NOT EXISTS rejected_waiver
(
    stream LowCardinality(String),
    partition UInt32,
    offset UInt64,
    event_index UInt32,
    reason String COMMENT 'why it need not be counted',
    actor String,
    waived_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, partition, offset, event_index, waived_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
