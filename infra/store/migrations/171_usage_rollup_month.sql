-- A month of the usage views is a text of Europe/Oslo, which says nothing to partitions and keys: the index is what a
-- question for one month leaves the other months' parts out by, one entry a part. And a partition that nobody has
-- written to for an hour is merged into one part, whose rows need no merging when they are read.
ALTER TABLE usage_rollup
    ADD INDEX IF NOT EXISTS month formatDateTime(toStartOfMonth(hour, 'Europe/Oslo'), '%Y-%m')
        TYPE minmax GRANULARITY 1000000,
    MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
