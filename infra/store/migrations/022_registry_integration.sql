CREATE TABLE IF NOT EXISTS registry_integration
(
    import_id String,
    integration_id String,
    name String,
    kind LowCardinality(String) COMMENT 'internal, year_end, partner or external'
)
ENGINE = ReplacingMergeTree
ORDER BY (import_id, integration_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
