-- Who vouches for each source, by the newest row of each partition. What one vouches for is the least of all partitions;
-- where a copy of its progress was at work, and nobody has settled that, it is what the copy began with.
CREATE OR REPLACE VIEW source_instances AS
SELECT
    stream,
    source,
    instance,
    host,
    if(is_copied, least(heard_through, least_copied), heard_through) AS through,
    heard,
    sequence,
    copies,
    is_copied,
    if(is_retired, settled_reason, '') AS retired_reason,
    obstacles,
    obstacles_total
FROM
(
    SELECT
        *,
        copies > settled_copies AS is_copied,
        sequence <= settled_sequence AND NOT is_copied AS is_retired
    FROM
    (
        SELECT
            stream,
            source,
            voucher.instance AS instance,
            argMax(voucher.host, voucher.sequence) AS host,
            min(voucher.through) AS heard_through,
            max(voucher.heard) AS heard,
            max(voucher.sequence) AS sequence,
            max(voucher.copies) AS copies,
            minIf(voucher.copied_through, voucher.copies > 0) AS least_copied,
            argMax(voucher.obstacles, voucher.sequence) AS obstacles,
            argMax(voucher.obstacles_total, voucher.sequence) AS obstacles_total
        FROM
        (
            SELECT stream, source, arrayJoin(vouchers) AS voucher
            FROM
            (
                SELECT stream, partition, source, argMax(instances, block) AS vouchers
                FROM (SELECT * FROM source_ledger FINAL)
                WHERE file = ''
                GROUP BY stream, partition, source
            )
        )
        GROUP BY stream, source, instance
    ) AS seen
    LEFT JOIN
    (
        SELECT
            stream,
            source,
            instance,
            argMax(instance_retirement.sequence, retired_at) AS settled_sequence,
            argMax(instance_retirement.copies, retired_at) AS settled_copies,
            argMax(reason, retired_at) AS settled_reason
        FROM instance_retirement
        GROUP BY stream, source, instance
    ) AS settled USING (stream, source, instance)
)
