-- What each source says it shipped beside what arrived. `missing` is not 0 only when something was lost on the way;
-- `through` is null until every partition that the stream was begun with has a mark: a source that has not come to new ones
-- since the stream grew has sent nothing there. A line that arrived in two partitions arrived once.
CREATE OR REPLACE VIEW source_progress AS
SELECT
    stream,
    source,
    max(format) AS format,
    sum(events) AS events,
    sum(duplicates) AS duplicates,
    sum(marked) AS events_marked,
    sum(arrived) AS events_at_mark,
    toInt64(events_marked) - toInt64(events_at_mark) + toInt64(any(copies)) AS missing,
    count() AS partitions,
    if(
        countIf(partition_through IS NULL) = 0 AND countIf(partition < partition_count) = any(partition_count),
        min(partition_through),
        NULL
    ) AS through
FROM
(
    SELECT
        stream,
        partition,
        source,
        max(format) AS format,
        sum(file_events) AS events,
        sum(file_duplicates) AS duplicates,
        sum(file_marked) AS marked,
        sum(file_arrived) AS arrived,
        max(file_through) AS partition_through
    FROM
    (
        SELECT
            stream,
            partition,
            source,
            file,
            max(format) AS format,
            sum(events) AS file_events,
            sum(duplicates) AS file_duplicates,
            argMax(mark_events_total, mark_position) AS file_marked,
            argMax(events_at_mark, mark_position) AS file_arrived,
            max(through) AS file_through
        FROM (SELECT * FROM source_ledger FINAL)
        GROUP BY stream, partition, source, file
    )
    GROUP BY stream, partition, source
) AS progress
INNER JOIN (SELECT stream, partition_count FROM stream FINAL) AS streams USING (stream)
LEFT JOIN
(
    SELECT stream, source, count() - uniqExact(hour, request_id) AS copies
    FROM repeated_request FINAL
    WHERE is_known AND position(request_id, '\n') > 0
    GROUP BY stream, source
) AS lines USING (stream, source)
GROUP BY stream, source
