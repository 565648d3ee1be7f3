-- Per block, what each source's file contributed. Two uses: the highest position seen tells a line that is shipped
-- again, however late; and a source's marks are held against what arrived.
CREATE TABLE IF NOT EXISTS source_ledger
(
    stream LowCardinality(String),
    partition UInt32,
    source String,
    file String COMMENT 'empty for a gateway that sends by itself',
    block UInt64,
    events UInt64 COMMENT 'in this block, counted or rejected, each once',
    duplicates UInt64 COMMENT 'in this block',
    marks UInt64 COMMENT 'in this block',
    high_position Int64 COMMENT 'highest line position in the partition so far, -1 when there is none',
    events_so_far UInt64 COMMENT 'of the file in the partition, this block included',
    mark_position UInt64 COMMENT 'of the newest mark that was ahead of every line',
    mark_events_total UInt64 COMMENT 'what that mark says was sent to this partition',
    events_at_mark UInt64 COMMENT 'what had arrived when it came',
    through Nullable(DateTime64(3, 'UTC')) COMMENT 'every event of the source up to this time has been shipped',
    format LowCardinality(String),
    last_offset UInt64
)
ENGINE = ReplacingMergeTree(last_offset)
ORDER BY (stream, partition, source, file, block)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
