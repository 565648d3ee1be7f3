-- Who vouches for a source in the partition, in the row of its file without a name. No entries where no mark says who
-- gave it: then all of them are one voucher, as they are in rows from before.
ALTER TABLE source_ledger
    ADD COLUMN IF NOT EXISTS instances Array(Tuple(
        instance String,
        host String,
        run String,
        sequence UInt64,
        through DateTime64(3, 'UTC'),
        heard DateTime64(3, 'UTC'),
        copies UInt64,
        copied_through DateTime64(3, 'UTC'),
        obstacles Array(Tuple(reason String, path String, since DateTime64(3, 'UTC'))),
        obstacles_total UInt64
    )) COMMENT 'at most 64, the longest silent first, and the others as one' AFTER obstacles_total
