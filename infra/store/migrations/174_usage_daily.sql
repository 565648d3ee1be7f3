-- Days of the tariff's time zone. Added up from what was counted, and not from hours that were added up before.
CREATE OR REPLACE VIEW usage_daily AS
SELECT
    client_id,
    integration_id,
    toDate(hour, 'Europe/Oslo') AS day,
    status_class,
    toUInt64(greatest(sum(requests), 0)) AS requests,
    toUInt64(greatest(sum(request_bytes), 0)) AS request_bytes,
    toUInt64(greatest(sum(response_bytes), 0)) AS response_bytes,
    request_bytes + response_bytes AS bytes
FROM usage_counted
GROUP BY client_id, integration_id, day, status_class
HAVING requests > 0
