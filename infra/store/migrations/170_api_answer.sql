-- What a write of the API was answered, by the key that its caller gave it, for a day.
-- What is older is deleted by whoever writes, whose clock the time is of.
CREATE TABLE IF NOT EXISTS api_answer
(
    key String COMMENT 'a digest of the key and of who gave it',
    asked String COMMENT 'a digest of the method, the path and the body',
    status UInt16,
    answer String COMMENT 'the body, JSON',
    answered_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
