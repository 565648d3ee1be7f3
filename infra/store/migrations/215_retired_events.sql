-- A source may go on while something keeps its marks back: what came of it tells as well.
ALTER TABLE source_retirement
    ADD COLUMN IF NOT EXISTS events Nullable(UInt64)
        COMMENT 'what had come of it by then; when more comes it is live again; NULL where nobody wrote it down'
