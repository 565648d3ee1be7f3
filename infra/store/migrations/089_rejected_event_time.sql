-- When the event says it happened: of what was rejected for its time. The month that it claims must not close over it.
ALTER TABLE rejected_event
    ADD COLUMN IF NOT EXISTS event_time Nullable(DateTime64(3, 'UTC')) COMMENT 'null where no time could be read'
        AFTER append_time
