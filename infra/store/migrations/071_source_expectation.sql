-- Sources that somebody said to wait for, whether they have shipped anything or not. The newest row of a source holds,
-- until the source is retired.
CREATE TABLE IF NOT EXISTS source_expectation
(
    stream LowCardinality(String),
    source String,
    recorded_at DateTime64(3, 'UTC'),
    from_month String COMMENT 'the first that it is waited for, YYYY-MM; empty: every month',
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, source, recorded_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
