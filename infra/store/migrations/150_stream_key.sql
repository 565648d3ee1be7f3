-- By which a stream's own records are known: those that say how it is counted, and requests whose time a person vouches
-- for. One row per stream, made when it is registered or imported, and never changed.
CREATE TABLE IF NOT EXISTS stream_key
(
    stream String,
    public_key String COMMENT 'Ed25519, 43 letters of base64url'
)
ENGINE = MergeTree
ORDER BY stream
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
