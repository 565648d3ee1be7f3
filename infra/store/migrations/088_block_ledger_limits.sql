-- Within which distance of its append time an event's time was accepted. Null: without limits, as by fold version 1.
ALTER TABLE block_ledger
    ADD COLUMN IF NOT EXISTS past_max_ms Nullable(UInt64) COMMENT 'an event of an older time is rejected, time_too_old'
        AFTER window_size,
    ADD COLUMN IF NOT EXISTS ahead_max_ms Nullable(UInt64) COMMENT 'an event of a later time is rejected, time_ahead'
        AFTER past_max_ms
