-- One row per dialogue case, as its steps have it now. What was charged is what each decision covers; decisions from before
-- migration 080 cover what the case knew when they were made.
CREATE OR REPLACE VIEW dialogue_cases AS
SELECT
    concat(months_of.client_id, '/', months_of.opened_month) AS case_id,
    months_of.client_id AS client_id,
    steps_of.client_name AS client_name,
    months_of.state AS state,
    months_of.opened_month AS opened_month,
    months_of.months AS months,
    months_of.overage_requests AS overage_requests,
    months_of.overage_bytes AS overage_bytes,
    months_of.proposed_nok AS proposed_nok,
    months_of.charged_nok AS charged_nok,
    months_of.decision AS decision,
    steps_of.steps AS steps,
    steps_of.contacts AS contacts,
    steps_of.opened_at AS opened_at,
    if(months_of.state = 'decided', steps_of.newest_decision_at, NULL) AS decided_at,
    steps_of.last_step_at AS last_step_at,
    steps_of.last_sequence AS last_sequence,
    steps_of.last_contact_at AS last_contact_at,
    steps_of.follow_up AS follow_up
FROM
(
    SELECT
        client_id,
        opened_month,
        if(countIf(newest != 'decided') = 0, 'decided', 'open') AS state,
        arraySort(groupArray(month)) AS months,
        sum(month_requests) AS overage_requests,
        sum(month_bytes) AS overage_bytes,
        sum(month_nok) AS proposed_nok,
        sum(month_charged_nok) AS charged_nok,
        multiIf(state = 'open', '', length(groupUniqArrayArray(outcomes) AS all_outcomes) = 1, all_outcomes[1], 'mixed')
            AS decision
    FROM
    (
        SELECT
            client_id,
            opened_month,
            month,
            argMaxIf(kind, sequence, kind IN ('decided', 'exceeded', 'reopened')) AS newest,
            maxIf(sequence, kind = 'reopened') AS reopened_at,
            groupArrayIf((sequence, dialogue_step.outcome), kind = 'decided') AS decisions,
            arrayMap(each -> each.2, arrayFilter(each -> each.1 > reopened_at, decisions)) AS outcomes,
            arraySort(groupArrayIf((sequence, dialogue_step.proposed_nok), revision > 0)) AS seen,
            groupArrayIf((sequence, arrayFilter(each -> each.1 = month, covers)), kind = 'decided' AND dialogue_step.outcome = 'charge')
                AS charges,
            arraySum(charge -> multiIf(charge.1 < reopened_at, toDecimal64(0, 2), empty(charge.2), arrayLast(each -> each.1 < charge.1, seen).2, coalesce(charge.2[1].8, charge.2[1].7)), charges)
                AS month_charged_nok,
            argMaxIf(dialogue_step.overage_requests, sequence, revision > 0) AS month_requests,
            argMaxIf(dialogue_step.overage_bytes, sequence, revision > 0) AS month_bytes,
            argMaxIf(dialogue_step.proposed_nok, sequence, revision > 0) AS month_nok
        FROM dialogue_step
        ARRAY JOIN months AS month
        GROUP BY client_id, opened_month, month
    )
    GROUP BY client_id, opened_month
) AS months_of
INNER JOIN
(
    SELECT
        client_id,
        opened_month,
        anyIf(dialogue_step.client_name, kind = 'opened') AS client_name,
        count() AS steps,
        countIf(kind = 'contacted') AS contacts,
        min(recorded_at) AS opened_at,
        maxIf(recorded_at, kind = 'decided') AS newest_decision_at,
        max(recorded_at) AS last_step_at,
        max(sequence) AS last_sequence,
        if(contacts = 0, NULL, maxIf(recorded_at, kind = 'contacted')) AS last_contact_at,
        argMaxIf(dialogue_step.follow_up, sequence, dialogue_step.follow_up != '') AS follow_up
    FROM dialogue_step
    GROUP BY client_id, opened_month
) AS steps_of USING (client_id, opened_month)
