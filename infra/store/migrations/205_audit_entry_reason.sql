-- Why it was done, as whoever did it said; empty where nobody is asked, and of what was done before.
ALTER TABLE audit_entry
    ADD COLUMN IF NOT EXISTS reason String COMMENT 'why, in the words of who did it; empty: nobody was asked'
