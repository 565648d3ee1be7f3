-- Local dates of the tariff's time zone, half-open; as text, since they are no instants.
CREATE TABLE IF NOT EXISTS registry_activation
(
    import_id String,
    client_id String,
    integration_id String,
    active_from String COMMENT 'YYYY-MM-DD',
    active_until String COMMENT 'YYYY-MM-DD, the first day it is no longer active; empty while it is'
)
ENGINE = ReplacingMergeTree
ORDER BY (import_id, client_id, integration_id, active_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
