-- From fold version 3 on a record has a bounded number of rows: those of its events that have none of their own are
-- summed in one row for each reason and status, which stands where the first of them stands.
ALTER TABLE rejected_event
    ADD COLUMN IF NOT EXISTS event_time_last Nullable(DateTime64(3, 'UTC')) DEFAULT event_time
        COMMENT 'of a sum the latest time; events of all months between may be in it' AFTER event_time,
    ADD COLUMN IF NOT EXISTS events UInt32 DEFAULT 1 COMMENT 'so many of the record, alike, from event_index on',
    ADD COLUMN IF NOT EXISTS events_of_sources UInt32 DEFAULT source != '' OR file != ''
        COMMENT 'of them, those that name a source or a file',
    COMMENT COLUMN IF EXISTS excerpt 'how the record or line is written, without what it says'
