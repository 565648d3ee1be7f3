-- Offsets of shippers' topics that were lost before they were read, and that a person gave up: they count as missing no
-- more.
CREATE TABLE IF NOT EXISTS accepted_loss
(
    stream LowCardinality(String),
    source String,
    file String COMMENT 'TOPIC/PARTITION:FROM-TO, as the marks name it',
    missing UInt64,
    reason String,
    actor String,
    accepted_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (stream, source, file, accepted_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
