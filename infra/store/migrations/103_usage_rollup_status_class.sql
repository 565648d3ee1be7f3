-- Two classes more, which fold version 2 tells apart from 4xx: the gateway's own refusals, and requests in the name of a
-- client that nobody has shown to be.
ALTER TABLE usage_rollup
    MODIFY COLUMN IF EXISTS status_class Enum8(
        '0xx' = 0, '1xx' = 1, '2xx' = 2, '3xx' = 3, '4xx' = 4, '5xx' = 5, '429' = 6, '401/407' = 7
    ) COMMENT '0xx: no response sent; 429 and 401/407 stand in 4xx where fold version 1 counted'
