-- By what programs and people are let in: of each token the hash of what is presented, who acts by it, what it may do and
-- whose figures it sees. Written once, never changed; it ends by its time, or by access_revocation.
CREATE TABLE IF NOT EXISTS access_token
(
    name String COMMENT 'never used twice',
    kind LowCardinality(String) COMMENT 'token, or session: of a person who logged in',
    hash String COMMENT 'SHA-256 in hex of what is presented, which has 256 random bits and is stored nowhere',
    actor String COMMENT 'who acts by it: the name of a token, the person of a session',
    roles Array(LowCardinality(String)) COMMENT 'reader, account_manager, closer, admin',
    client_id String COMMENT 'sees this client alone; empty: no such bound',
    partner_id String COMMENT 'sees this partner and its clients alone; empty: no such bound',
    made_at DateTime64(3, 'UTC'),
    made_by String,
    expires_at Nullable(DateTime64(3, 'UTC')) COMMENT 'NULL: holds until it is revoked'
)
ENGINE = MergeTree
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
