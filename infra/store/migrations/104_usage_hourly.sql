-- A view keeps the types that its columns had: made anew for the status classes of migration 103.
CREATE OR REPLACE VIEW usage_hourly AS
SELECT
    client_id,
    integration_id,
    hour,
    status_class,
    sum(requests) AS requests,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    request_bytes + response_bytes AS bytes
FROM
(
    SELECT client_id, integration_id, hour, status_class, requests, request_bytes, response_bytes
    FROM usage_rollup FINAL
)
GROUP BY client_id, integration_id, hour, status_class
