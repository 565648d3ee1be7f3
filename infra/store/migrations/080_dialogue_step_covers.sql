-- What a decision covers, as the most: requests, bytes and amounts from the allowance on. Empty in older steps, whose
-- decisions cover the evidence that the case had then.
ALTER TABLE dialogue_step
    ADD COLUMN IF NOT EXISTS covers Array(Tuple(month String, revision UInt32, requests UInt64,
        requests_nok Decimal(18, 2), bytes UInt64, transfer_nok Decimal(18, 2), proposed_nok Decimal(18, 2),
        agreed_nok Nullable(Decimal(18, 2))))
        COMMENT 'of decided, by month; proposed_nok is without what earlier decisions had covered; agreed_nok is what is charged of it, null for all'
