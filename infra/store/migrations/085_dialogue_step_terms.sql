-- What else a person says with a step; empty where nothing is.
ALTER TABLE dialogue_step
    ADD COLUMN IF NOT EXISTS share_percent String COMMENT 'of decided: the share that is charged, where one was agreed',
    ADD COLUMN IF NOT EXISTS without_contact String COMMENT 'of decided: why it is charged though nobody was contacted',
    ADD COLUMN IF NOT EXISTS follow_up String COMMENT 'of noted: YYYY-MM-DD to come back to it'
