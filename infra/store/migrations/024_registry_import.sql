-- One row per registry import, written after the rows it vouches for and never changed. A month is rated with the
-- import whose valid_from is the newest that has come by then; of several with the same, the last import.
CREATE TABLE IF NOT EXISTS registry_import
(
    sequence UInt64 COMMENT 'counts imports from 1; a clock could go backwards',
    import_id String COMMENT 'SHA-256 of the content: the key of its rows, so that the same content is stored once',
    valid_from String COMMENT 'YYYY-MM, the first month it holds for; empty: from the first month on',
    imported_at DateTime64(3, 'UTC'),
    clients UInt64,
    partners UInt64,
    integrations UInt64,
    activations UInt64
)
ENGINE = MergeTree
ORDER BY sequence
SETTINGS
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    -- A sequence is taken once: see put-if-absent.ts.
    non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000,
    replicated_deduplication_window_seconds = 3155760000
