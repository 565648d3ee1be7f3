-- One row per close, written after the statements it vouches for.
CREATE TABLE IF NOT EXISTS month_close
(
    month String COMMENT 'YYYY-MM in the tariff''s time zone',
    revision UInt32,
    content_hash String COMMENT 'SHA-256 of statements, exceptions and tariff in canonical form',
    closed_at DateTime64(3, 'UTC'),
    stream LowCardinality(String),
    cut Array(Tuple(partition UInt32, next_offset UInt64)) COMMENT 'every event below was counted',
    registry_import_id String,
    tariff_hash String COMMENT 'SHA-256 of the version the month was rated with',
    tariff_valid_from String,
    definitions Array(String) COMMENT 'how the figures came about, for readers',
    clients UInt64 COMMENT 'in the registry',
    statements UInt64,
    requests UInt64 COMMENT 'on the statements',
    bytes UInt64 COMMENT 'on the statements',
    payable_nok Decimal(18, 2),
    proposed_nok Decimal(18, 2),
    exceptions String COMMENT 'JSON: what could not be charged as it stands',
    rejected Array(Tuple(reason String, events UInt64)) COMMENT 'rejected events that may belong to the month',
    forced_reason String COMMENT 'why it was closed though incomplete; empty when it was complete',
    forced_lacks Array(String) COMMENT 'what was lacking then'
)
ENGINE = MergeTree
ORDER BY (month, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
