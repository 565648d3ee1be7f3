-- What a source's newest mark in the partition says stands in its way: in the row of its file without a name, where that
-- has changed. No rows from before: no mark said any such thing.
ALTER TABLE source_ledger
    ADD COLUMN IF NOT EXISTS obstacles Array(Tuple(reason String, path String, since DateTime64(3, 'UTC')))
        COMMENT 'at most 16' AFTER format,
    ADD COLUMN IF NOT EXISTS obstacles_total UInt64 COMMENT 'those that are not listed too' AFTER obstacles
