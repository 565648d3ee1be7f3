-- What one client's month came to. A row counts only where month_close vouches for its close_id: what a close that
-- broke off or came second left behind is never seen.
CREATE TABLE IF NOT EXISTS statement
(
    month String COMMENT 'YYYY-MM in the tariff''s time zone',
    revision UInt32,
    close_id String COMMENT 'of the close that wrote it; see month_close',
    client_id String,
    client_name String,
    partner_id String COMMENT 'empty without a partner',
    payer_id String COMMENT 'the client, or its partner when it has a collective invoice',
    payer_name String,
    status LowCardinality(String) COMMENT 'proposed while any line is, else payable',
    amount_nok Decimal(18, 2) COMMENT 'payable and proposed, exclusive of VAT',
    payable_nok Decimal(18, 2),
    proposed_nok Decimal(18, 2),
    requests UInt64,
    request_bytes UInt64,
    response_bytes UInt64,
    metered_requests UInt64 COMMENT 'what counted against the allowance',
    metered_bytes UInt64,
    usage Array(Tuple(
        integration_id String,
        kind String,
        requests UInt64,
        request_bytes UInt64,
        response_bytes UInt64,
        metered_requests UInt64,
        metered_bytes UInt64
    ))
)
ENGINE = ReplacingMergeTree
ORDER BY (month, revision, close_id, client_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
