CREATE TABLE IF NOT EXISTS statement_line
(
    month String,
    revision UInt32,
    close_id String,
    client_id String,
    line UInt32 COMMENT 'from 1, in the order printed',
    item LowCardinality(String) COMMENT 'included, partner_tier, access_external, overage_requests or overage_transfer',
    integration_id String COMMENT 'of an included line; else empty',
    detail String,
    quantity Decimal(38, 20) COMMENT 'exact: 20 decimals hold any part of a MB of 2^20 bytes',
    unit LowCardinality(String) COMMENT 'request, MB or month',
    unit_price_nok Decimal(18, 6),
    amount_nok Decimal(18, 2) COMMENT 'rounded half up, once',
    status LowCardinality(String) COMMENT 'payable, proposed or waived'
)
ENGINE = ReplacingMergeTree
ORDER BY (month, revision, close_id, client_id, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
