-- A close that was once recorded is never replaced: of several rows for one revision, the first holds.
CREATE OR REPLACE VIEW month_closes AS
SELECT *
FROM month_close
ORDER BY month, revision, closed_at, content_hash
LIMIT 1 BY month, revision
