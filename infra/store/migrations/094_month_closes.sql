-- Should a power loss ever have let a second row in for one revision: the first holds, always the same one.
CREATE OR REPLACE VIEW month_closes AS
SELECT *, revision = max(revision) OVER (PARTITION BY month) AS is_latest
FROM (SELECT * FROM month_close ORDER BY month, revision, closed_at, close_id LIMIT 1 BY month, revision)
