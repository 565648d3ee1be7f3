-- The limits with which each partition of the stream begins, as in block_ledger.
ALTER TABLE stream
    ADD COLUMN IF NOT EXISTS past_max_ms Nullable(UInt64),
    ADD COLUMN IF NOT EXISTS ahead_max_ms Nullable(UInt64)
