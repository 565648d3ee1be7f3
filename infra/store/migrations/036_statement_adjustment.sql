-- What a revision changes of the one before, line by line; counts only where month_close vouches for its close_id.
CREATE TABLE IF NOT EXISTS statement_adjustment
(
    month String,
    revision UInt32 COMMENT 'the revision that differs from the one before it',
    close_id String,
    client_id String,
    client_name String,
    payer_id String COMMENT 'a line that moved to another payer is taken from the one and added to the other',
    payer_name String,
    item LowCardinality(String),
    integration_id String COMMENT 'of an included line; else empty',
    occurrence UInt32 COMMENT 'from 1, among equal items of a statement',
    unit LowCardinality(String),
    quantity_before Decimal(38, 20),
    quantity_after Decimal(38, 20),
    status_before LowCardinality(String) COMMENT 'empty where there was no such line',
    status_after LowCardinality(String) COMMENT 'empty where there is no such line any more',
    amount_before_nok Decimal(18, 2) COMMENT 'payable or proposed; 0 while waived',
    amount_after_nok Decimal(18, 2),
    adjustment_nok Decimal(18, 2) COMMENT 'after less before',
    payable_nok Decimal(18, 2) COMMENT 'what the payer owes more; negative: is owed',
    causes Array(Tuple(cause String, detail String, amount_nok Decimal(18, 2), payable_nok Decimal(18, 2)))
        COMMENT 'usage, registry, tariff or decision, each with its part of the adjustment'
)
ENGINE = ReplacingMergeTree
ORDER BY (month, revision, close_id, client_id, payer_id, item, integration_id, occurrence)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
