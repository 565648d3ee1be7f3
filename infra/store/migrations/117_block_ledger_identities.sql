-- What the ledger vouches for in request_identity. Null where the fold version had none.
ALTER TABLE block_ledger
    ADD COLUMN IF NOT EXISTS identities Nullable(UInt64) COMMENT 'rows of request_identity',
    ADD COLUMN IF NOT EXISTS identity_sum Nullable(UInt64) COMMENT 'of their hashes, modulo 2^64',
    ADD COLUMN IF NOT EXISTS identity_hours Array(DateTime('UTC')) COMMENT 'under which they stand'
