CREATE TABLE IF NOT EXISTS registry_partner
(
    import_id String,
    partner_id String COMMENT 'also a client id',
    name String
)
ENGINE = ReplacingMergeTree
ORDER BY (import_id, partner_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
