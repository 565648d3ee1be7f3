-- What each source says it shipped beside what arrived. `missing` is not 0 only when something was lost on the way;
-- `through` is null until every partition that the stream was begun with has a mark: a source that has not come to
-- later ones has sent nothing there. A line that arrived in two partitions was shipped once. Where shippers say who they
-- are, a source is complete through what all of them vouch for that a person hasn't retired; where none is left, through
-- what the last one did.
CREATE OR REPLACE VIEW source_progress AS
SELECT
    stream,
    source,
    max(format) AS format,
    sum(events) AS events,
    sum(duplicates) AS duplicates,
    sum(marked) AS events_marked,
    sum(arrived) AS events_at_mark,
    toInt64(events_marked) - toInt64(events_at_mark) + toInt64(sum(copies)) AS missing,
    count() AS partitions,
    if(
        countIf(partition_through IS NULL) = 0 AND countIf(partition < partition_count) = any(partition_count),
        arrayMin(arrayFilter(
            time -> time IS NOT NULL,
            [minIf(partition_through, NOT says_who), any(vouched_through)]
        )),
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
        sumIf(file_copies, file_mark_position > 0) AS copies,
        max(file_through) AS partition_through,
        max(file_says_who) AS says_who
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
            max(mark_position) AS file_mark_position,
            max(through) AS file_through,
            max(notEmpty(instances)) AS file_says_who
        FROM (SELECT * FROM source_ledger FINAL)
        GROUP BY stream, partition, source, file
    ) AS files
    LEFT JOIN
    (
        SELECT stream, partition, source, splitByChar('\n', request_id)[2] AS file, count() AS file_copies
        FROM
        (
            SELECT
                stream,
                partition,
                source,
                request_id,
                row_number() OVER (
                    PARTITION BY stream, hour, request_id
                    ORDER BY append_time, partition, offset, event_index
                ) AS occurrence
            FROM repeated_request FINAL
            WHERE is_known AND position(request_id, '\n') > 0
        )
        WHERE occurrence > 1
        GROUP BY stream, partition, source, file
    ) AS lines USING (stream, partition, source, file)
    GROUP BY stream, partition, source
) AS progress
INNER JOIN (SELECT stream, partition_count FROM stream FINAL) AS streams USING (stream)
LEFT JOIN
(
    SELECT
        stream,
        source,
        toNullable(if(countIf(retired_reason = '') > 0, minIf(through, retired_reason = ''), max(through)))
            AS vouched_through
    FROM source_instances
    GROUP BY stream, source
) AS vouched USING (stream, source)
GROUP BY stream, source
