-- Which revisions were announced as a whole, on which topic; written after the last of their events was appended. A
-- revision without a row is announced, or announced again, by the next close of its month.
CREATE TABLE IF NOT EXISTS statement_announcement
(
    month String,
    revision UInt32,
    topic String,
    events UInt64,
    announced_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (month, revision, topic)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
