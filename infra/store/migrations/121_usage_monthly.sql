-- A view keeps the types that its columns had: made anew for the status classes of migration 103.
-- Billing periods: calendar months of the tariff's time zone, as YYYY-MM.
CREATE OR REPLACE VIEW usage_monthly AS
SELECT
    client_id,
    integration_id,
    formatDateTime(hour, '%Y-%m', 'Europe/Oslo') AS month,
    status_class,
    sum(requests) AS requests,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    sum(bytes) AS bytes
FROM usage_hourly
GROUP BY client_id, integration_id, month, status_class
