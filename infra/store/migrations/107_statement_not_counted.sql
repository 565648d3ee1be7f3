-- What of a use counted for nothing because of its status, by status class.
ALTER TABLE statement
    MODIFY COLUMN IF EXISTS usage Array(Tuple(
        integration_id String,
        kind String,
        requests UInt64,
        request_bytes UInt64,
        response_bytes UInt64,
        metered_requests UInt64,
        metered_bytes UInt64,
        not_counted Array(Tuple(status_class String, requests UInt64, bytes UInt64))
    ))
