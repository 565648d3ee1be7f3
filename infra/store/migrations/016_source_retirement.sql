-- Sources that will ship no more: a month's close doesn't wait for them. The newest row of a source holds, as long as
-- the source has not gone on.
CREATE TABLE IF NOT EXISTS source_retirement
(
    stream LowCardinality(String),
    source String,
    retired_at DateTime64(3, 'UTC'),
    through Nullable(DateTime64(3, 'UTC')) COMMENT 'how far it had shipped; when it goes further it is live again',
    missing Int64 COMMENT 'what had not arrived by then, accepted as lost',
    reason String,
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, source, retired_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
