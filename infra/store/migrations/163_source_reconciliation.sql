-- What a gateway said that it served in a time, by its own counters, and what of it had arrived when somebody compared
-- the two. Rows are only added: a newer one of a source stands for an older one whose time it covers.
CREATE TABLE IF NOT EXISTS source_reconciliation
(
    stream LowCardinality(String),
    source String,
    reconciled_at DateTime64(3, 'UTC'),
    from_time DateTime64(3, 'UTC'),
    to_time DateTime64(3, 'UTC') COMMENT 'the first moment that is not compared any more',
    counter LowCardinality(String) COMMENT 'whose figure it is: a program whose counters were read, or told',
    served UInt64,
    resets UInt32 COMMENT 'how often a counter began anew: then at least so many were served',
    arrived UInt64 COMMENT 'requests of the source whose time lies in it, each once',
    rejected UInt64 COMMENT 'that arrived in it and can not be counted',
    tolerance UInt64 COMMENT 'of requests, as the operator chose it',
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, source, reconciled_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
