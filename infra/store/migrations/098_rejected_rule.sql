-- Standing rules for rejected events: what a close may let go without a person who looks at each. Rules are added and
-- ended, never changed, so that a closed month can be explained by those it names.
CREATE TABLE IF NOT EXISTS rejected_rule
(
    stream LowCardinality(String),
    name String,
    added_at DateTime64(3, 'UTC'),
    reason_code LowCardinality(String) COMMENT 'what the events were rejected for',
    statuses Array(UInt16) COMMENT 'what they were answered with; empty: with anything',
    source String COMMENT 'empty: of any',
    format String COMMENT 'empty: of any',
    events_max Nullable(UInt64) COMMENT 'as many in a month',
    share_percent_max String COMMENT 'as much of the requests of a month; empty: no such bound',
    from_month String COMMENT 'the first it holds for, YYYY-MM',
    until_month String COMMENT 'the last; empty: until it is ended',
    reason String COMMENT 'why they need not be counted',
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, name)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
