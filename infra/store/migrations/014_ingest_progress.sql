CREATE OR REPLACE VIEW ingest_progress AS
SELECT
    stream,
    partition,
    count() AS blocks,
    min(first_offset) AS first_offset,
    max(next_offset) AS next_offset,
    sum(records) AS records,
    sum(requests) AS requests,
    sum(duplicates) AS duplicates,
    sum(rejected) AS rejected,
    sum(marks) AS marks,
    sum(request_bytes) AS request_bytes,
    sum(response_bytes) AS response_bytes,
    max(last_append_time) AS last_append_time
FROM
(
    SELECT
        stream, partition, first_offset, next_offset, records, requests, duplicates, rejected, marks,
        request_bytes, response_bytes, last_append_time
    FROM block_ledger FINAL
)
GROUP BY stream, partition
