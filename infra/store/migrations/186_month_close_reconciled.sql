-- What gateways' own counters said of the month, beside what had arrived: evidence, which no figure rests on.
ALTER TABLE month_close
    ADD COLUMN IF NOT EXISTS reconciled Array(Tuple(source String, from_time DateTime64(3, 'UTC'), to_time DateTime64(3, 'UTC'),
        counter String, served UInt64, resets UInt32, arrived UInt64, rejected UInt64, tolerance UInt64))
        COMMENT 'what gateways said that they served in a time, by whose counters, and what had arrived and been rejected of it'
