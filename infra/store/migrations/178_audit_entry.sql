-- Who did what, appended and never changed: a row before it is done, and one that says how it ended.
CREATE TABLE IF NOT EXISTS audit_entry
(
    entry_id String COMMENT 'the same in both rows of an act',
    outcome LowCardinality(String) COMMENT 'begun, then done, refused or failed',
    at DateTime64(3, 'UTC'),
    act LowCardinality(String),
    subject String COMMENT 'the month, case, rule, source, client or token that it was about',
    actor String COMMENT 'who is known to have done it',
    via LowCardinality(String) COMMENT 'how that is known: command, schedule, loopback, setting, token, session',
    said_actor String COMMENT 'whom the caller named, which nothing proves; empty: nobody'
)
ENGINE = MergeTree
ORDER BY (at, entry_id, outcome)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
