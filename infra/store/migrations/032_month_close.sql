-- One row per revision of a month, for good: written once, whoever comes first, after the rows it vouches for. The keys
-- of the inserts are kept for that.
CREATE TABLE IF NOT EXISTS month_close
(
    month String COMMENT 'YYYY-MM in the tariff''s time zone',
    revision UInt32,
    close_id String COMMENT 'SHA-256 of content, revision and what it rests on: the rows that this close wrote',
    content_hash String COMMENT 'SHA-256 of statements, exceptions, tariff and forced reason in canonical form',
    closed_at DateTime64(3, 'UTC'),
    stream LowCardinality(String),
    cut Array(Tuple(partition UInt32, next_offset UInt64)) COMMENT 'every event below was counted',
    registry_import_id String,
    tariff_hash String COMMENT 'SHA-256 of the version the month was rated with',
    tariff_valid_from String,
    tariff String COMMENT 'JSON: that version, so that a later revision can tell what a change of it did',
    decisions Array(Tuple(client_id String, outcome String)) COMMENT 'of the dialogue over the month, as far as made',
    definitions Array(String) COMMENT 'how the figures came about, for readers',
    clients UInt64 COMMENT 'in the registry',
    statements UInt64,
    counted_requests UInt64 COMMENT 'in the month, whoever they are charged to, or nobody',
    counted_bytes UInt64,
    requests UInt64 COMMENT 'on the statements',
    bytes UInt64 COMMENT 'on the statements',
    payable_nok Decimal(18, 2),
    proposed_nok Decimal(18, 2),
    exceptions String COMMENT 'JSON: what could not be charged as it stands',
    rejected Array(Tuple(reason String, events UInt64, waived UInt64, mended UInt64, mending UInt64, open UInt64))
        COMMENT 'rejected events that may belong to the month',
    waivers Array(Tuple(reason String, actor String, events UInt64)) COMMENT 'why some of them were let go, and by whom',
    sources Array(Tuple(source String, format String, through Nullable(DateTime64(3, 'UTC')), missing Int64, retired_reason String))
        COMMENT 'what the sources of the stream had said by then',
    changes Array(Tuple(cause String, detail String, lines UInt64, amount_nok Decimal(18, 2), payable_nok Decimal(18, 2)))
        COMMENT 'what differs from the revision before, by the input that changed',
    forced_reason String COMMENT 'why it was closed though incomplete; empty when it was complete',
    forced_lacks Array(String) COMMENT 'what was lacking then'
)
ENGINE = MergeTree
ORDER BY (month, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
