-- What each decision covers by which the month was rated. Empty in older rows, whose decisions were without a bound.
ALTER TABLE month_close
    ADD COLUMN IF NOT EXISTS decided Array(Tuple(client_id String, outcome String, requests UInt64,
        requests_nok Decimal(18, 2), bytes UInt64, transfer_nok Decimal(18, 2), agreed_nok Nullable(Decimal(18, 2))))
        COMMENT 'decisions with what they cover as the most, from the allowance on; a client''s in their order'
