-- How many partitions the log said that the stream has, where it has grown since it was begun. Null: it has not.
ALTER TABLE block_ledger
    ADD COLUMN IF NOT EXISTS partition_count Nullable(UInt32) COMMENT 'from here on, by a record in the log'
        AFTER ahead_max_ms
