-- Rejected events that were mended and sent again, two rows each, once: what is to be sent, before; where the log has
-- it, after.
CREATE TABLE IF NOT EXISTS rejected_mend
(
    stream LowCardinality(String),
    partition UInt32,
    offset UInt64,
    event_index UInt32,
    step Enum8('intended' = 1, 'sent' = 2),
    request_id String COMMENT 'the identity of what is sent, made of the coordinates of what was rejected',
    client_id String,
    to_partition UInt32,
    to_offset UInt64 COMMENT 'intended: it is not below; sent: it is there',
    event String COMMENT 'what is sent, as JSON',
    reason String,
    actor String,
    mended_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, partition, offset, event_index, step)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
