-- The clients of one content that was imported; registry_import says for which months it holds.
CREATE TABLE IF NOT EXISTS registry_client
(
    import_id String,
    client_id String,
    name String,
    partner_id String COMMENT 'empty without a partner',
    collective_invoice Bool COMMENT 'billed through its partner'
)
ENGINE = ReplacingMergeTree
ORDER BY (import_id, client_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
