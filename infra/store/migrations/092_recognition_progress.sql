-- How far repeated request ids are settled: of all pairs below these offsets, one per partition, that are one id,
-- repeated_request has both. Written after what it says; the newest row holds. Where rows were lost that a row speaks of,
-- one that says nothing follows it, before any of them is written again.
CREATE TABLE IF NOT EXISTS recognition_progress
(
    stream LowCardinality(String),
    sequence UInt64 COMMENT 'counts from 1',
    next_offsets Array(UInt64) COMMENT 'by partition; empty: nothing is settled',
    repeated UInt64 COMMENT 'known rows of repeated_request then: where there are fewer, some were lost'
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
