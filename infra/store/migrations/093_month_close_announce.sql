-- When the revision's statements may be announced. Older rows: at once, as it was.
ALTER TABLE month_close
    ADD COLUMN IF NOT EXISTS announce String DEFAULT 'immediately' COMMENT 'immediately, or after-approval by a person'
