-- One row per registry import, written after the rows it vouches for. The one with the highest sequence holds.
CREATE TABLE IF NOT EXISTS registry_import
(
    import_id String COMMENT 'SHA-256 of the content, so that the same content is the same import',
    sequence UInt64 COMMENT 'counts imports; a clock could go backwards',
    imported_at DateTime64(3, 'UTC'),
    clients UInt64,
    partners UInt64,
    integrations UInt64,
    activations UInt64
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY import_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
