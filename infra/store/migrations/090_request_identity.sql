-- Where each counted request id stands, under the hour of its event: a copy carries its event's time, so whoever looks
-- for it looks there. The hash can collide: whether two are one id is read from the log. A row is a function of the log,
-- and a replay writes it again. Events older than the stream's limit are not counted, so rows may go some months later.
CREATE TABLE IF NOT EXISTS request_identity
(
    stream LowCardinality(String),
    hour DateTime('UTC') COMMENT 'of the event' CODEC(Delta, ZSTD),
    id_hash UInt64 COMMENT 'of the request id' CODEC(Delta, ZSTD),
    partition UInt32 CODEC(T64, ZSTD),
    offset UInt64 CODEC(T64, ZSTD),
    event_index UInt32 COMMENT 'position in the record, for a record with several events' CODEC(T64, ZSTD)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (stream, hour, id_hash, partition, offset, event_index)
TTL hour + INTERVAL 500 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1
