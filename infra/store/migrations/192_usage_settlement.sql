-- How far usage is settled: every block that begins below the cut is added up in usage_settled and usage_settled_day,
-- under the settlement of its month, and nowhere twice. Of a stream the row with the highest sequence holds; it is written
-- after the rows that it vouches for, once, whoever comes first.
CREATE TABLE IF NOT EXISTS usage_settlement
(
    stream LowCardinality(String),
    sequence UInt64 COMMENT 'counts from 1',
    cut Array(UInt64) COMMENT 'by partition: the blocks that begin below are settled',
    months Array(Tuple(
        first_day Date,
        settlement UUID,
        rows UInt64,
        requests UInt64,
        request_bytes UInt64,
        response_bytes UInt64,
        content_hash UInt64
    )) COMMENT 'every month that has any usage below the cut, in order',
    settled_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, sequence)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
