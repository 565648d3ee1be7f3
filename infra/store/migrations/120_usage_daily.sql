-- A view keeps the types that its columns had: made anew for the status classes of migration 103.
-- Days of the tariff's time zone.
CREATE OR REPLACE VIEW usage_daily AS
SELECT
    client_id,
    integration_id,
    toDate(hour, 'Europe/Oslo') AS day,
    status_class,
    sum(requests) AS requests,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    sum(bytes) AS bytes
FROM usage_hourly
GROUP BY client_id, integration_id, day, status_class
