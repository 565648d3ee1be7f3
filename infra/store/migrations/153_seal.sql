-- What stood in the tables that money rests on when it was written: the hash of each row by its key, or of all rows that a
-- close has of a client. So a row that was lost, changed or doubled is seen. Twice: before the row, so that none stands
-- without; and after it, since one that never came to be written is not lost. Older rows have none.
CREATE TABLE IF NOT EXISTS seal
(
    sealed_table LowCardinality(String),
    key String COMMENT 'the columns that the row is known by',
    columns UInt16 COMMENT 'as many as the table had then: the first ones are in the hash',
    content_hash String,
    is_written Bool COMMENT 'the row was written; before, it is about to be'
)
ENGINE = ReplacingMergeTree(is_written)
ORDER BY (sealed_table, key, columns, content_hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
