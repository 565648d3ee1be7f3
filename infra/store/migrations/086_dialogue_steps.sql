-- What happened in each dialogue case, by whom and when.
CREATE OR REPLACE VIEW dialogue_steps AS
SELECT
    concat(client_id, '/', opened_month) AS case_id,
    client_id,
    opened_month,
    sequence,
    kind,
    months,
    outcome,
    revision,
    overage_requests,
    overage_bytes,
    proposed_nok,
    evidence,
    recorded_at,
    actor,
    note,
    covers,
    share_percent,
    without_contact,
    follow_up
FROM dialogue_step
