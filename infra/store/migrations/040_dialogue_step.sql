-- What happened in dialogue cases: rows are added, never changed, and each under a key that the store takes once: of two
-- who add the same step, one is told that the other's holds. First steps of clients come in batches, under the batch's
-- number; every other step under its client and sequence.
CREATE TABLE IF NOT EXISTS dialogue_step
(
    client_id String,
    sequence UInt32 COMMENT 'counts the client''s steps from 1, through all its cases',
    batch UInt32 COMMENT 'counts the inserts of first steps from 1; 0 in other steps',
    attempt_id UUID COMMENT 'by which whoever adds a step knows it for its own',
    opened_month String COMMENT 'YYYY-MM that the step''s case was opened for; with client_id it is the case''s id',
    kind LowCardinality(String) COMMENT 'opened, month_added, evidence_changed, contacted, noted or decided',
    months Array(String) COMMENT 'opened, month_added, evidence_changed: the month; decided: those that were decided',
    outcome LowCardinality(String) COMMENT 'of decided: charge, waived or reduced_usage; else empty',
    client_name String COMMENT 'of opened: as the registry had it; else empty',
    revision UInt32 COMMENT 'of the statement that the evidence is about; 0 without evidence',
    overage_requests UInt64 COMMENT 'above the allowance, by the evidence',
    overage_bytes UInt64,
    proposed_nok Decimal(18, 2),
    evidence String COMMENT 'JSON; empty without',
    recorded_at DateTime64(3, 'UTC'),
    actor String,
    note String
)
ENGINE = MergeTree
ORDER BY (client_id, sequence)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    non_replicated_deduplication_window = 1000000,
    replicated_deduplication_window = 1000000, replicated_deduplication_window_seconds = 3155760000
