-- The other half of a stream's key, by which its records are signed. Analysts read everything but this table. A row whose
-- public half no stream has is of somebody who came second, and of no use.
CREATE TABLE IF NOT EXISTS stream_secret
(
    public_key String,
    secret_key String COMMENT 'Ed25519, 43 letters of base64url'
)
ENGINE = ReplacingMergeTree
ORDER BY public_key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
