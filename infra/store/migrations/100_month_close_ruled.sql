-- What standing rules waived. It is part of the waived in `rejected`; no person waived it one by one.
ALTER TABLE month_close
    ADD COLUMN IF NOT EXISTS ruled Array(Tuple(rule String, reason String, actor String, events UInt64, late UInt64, events_max UInt64,
        bound String))
        COMMENT 'rejected events that standing rules let go, and how many each might; bound: JSON, why so many; late: beside it'
