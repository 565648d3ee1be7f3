-- With what was reconciled, which a view over all columns doesn't take in by itself. As before, should a power loss ever
-- have let a second row in for one revision, the first holds.
CREATE OR REPLACE VIEW month_closes AS
SELECT *, revision = max(revision) OVER (PARTITION BY month) AS is_latest
FROM (SELECT * FROM month_close ORDER BY month, revision, closed_at, close_id LIMIT 1 BY month, revision)
