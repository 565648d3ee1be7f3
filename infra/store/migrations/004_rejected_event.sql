-- What could not be counted, and where it stands in the log. Never the raw record: it may hold credentials.
CREATE TABLE IF NOT EXISTS rejected_event
(
    stream LowCardinality(String),
    partition UInt32,
    offset UInt64,
    event_index UInt32 COMMENT 'position in the record, for a record with several events',
    block UInt64,
    append_time DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    detail String COMMENT 'what was found and what was expected',
    source String,
    file String,
    position Nullable(UInt64) COMMENT 'byte position of the line in its file',
    excerpt String COMMENT 'redacted start of the record or line',
    record_bytes UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (stream, partition, offset, event_index)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
