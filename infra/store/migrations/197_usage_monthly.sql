-- Billing periods: calendar months of the tariff's time zone, as YYYY-MM, spelled as in the indexes of usage_settled and
-- usage_rollup. Added up by the month's first day, which is shorter than its name.
CREATE OR REPLACE VIEW usage_monthly AS
SELECT
    client_id,
    integration_id,
    formatDateTime(first_day, '%Y-%m') AS month,
    status_class,
    toUInt64(greatest(sum(requests), 0)) AS requests,
    toUInt64(greatest(sum(request_bytes), 0)) AS request_bytes,
    toUInt64(greatest(sum(response_bytes), 0)) AS response_bytes,
    request_bytes + response_bytes AS bytes
FROM usage_by_month
GROUP BY client_id, integration_id, first_day, status_class
HAVING requests > 0
