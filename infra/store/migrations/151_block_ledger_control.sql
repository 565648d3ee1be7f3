-- The number of the last signed word on how the partition is counted. A word with none that is higher is passed over, so
-- that a copy of an old one changes nothing. Older rows, and those before the first word: 0.
ALTER TABLE block_ledger
    ADD COLUMN IF NOT EXISTS control_sequence UInt64 DEFAULT 0 COMMENT 'of the last signed word that changed how it is counted'
