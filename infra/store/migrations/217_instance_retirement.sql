-- Shippers of sources that will ship no more, by a person's word: they hold their source back no longer, until they are
-- heard again.
CREATE TABLE IF NOT EXISTS instance_retirement
(
    stream LowCardinality(String),
    source String,
    instance String,
    retired_at DateTime64(3, 'UTC'),
    through DateTime64(3, 'UTC') COMMENT 'what it vouched for by then',
    sequence UInt64 COMMENT 'of its newest mark by then; with a higher one it is live again',
    copies UInt64 COMMENT 'signs of a copied progress by then; with more it is in doubt again',
    reason String,
    actor String
)
ENGINE = MergeTree
ORDER BY (stream, source, instance, retired_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
