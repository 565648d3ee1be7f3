-- Alerts, where each stands on the alerts topic, and how far it has come to its webhooks. A webhook is given up when
-- its last attempt failed, or when it hasn't taken the alert a day after it was raised.
CREATE OR REPLACE VIEW usage_alerts AS
SELECT
    alert.alert_id AS alert_id,
    alert.stream AS stream,
    alert.client_id AS client_id,
    alert.month AS month,
    alert.metric AS metric,
    alert.kind AS kind,
    alert.level AS level,
    alert.used AS used,
    alert.allowance AS allowance,
    alert.forecast AS forecast,
    alert.raised_at AS raised_at,
    alert.period_start AS period_start,
    alert.period_end AS period_end,
    published.published_at AS published_at,
    published.topic AS topic,
    published.partition AS partition,
    published.offset AS offset,
    arrayMap(
        each -> CAST(
            (
                each.1,
                multiIf(
                    each.4, 'accepted',
                    each.5 OR alert.raised_at < now64(3, 'UTC') - INTERVAL 1 DAY, 'given_up',
                    'trying'
                ),
                each.2,
                each.3
            ),
            'Tuple(webhook String, state String, attempts UInt16, detail String)'
        ),
        deliveries.deliveries
    ) AS webhooks
FROM usage_alert AS alert
LEFT JOIN
(
    SELECT
        alert_id,
        toNullable(max(published_at)) AS published_at,
        any(topic) AS topic,
        toNullable(any(partition)) AS partition,
        toNullable(any(offset)) AS offset
    FROM usage_alert_published
    GROUP BY alert_id
) AS published ON published.alert_id = alert.alert_id
LEFT JOIN
(
    SELECT
        alert_id,
        arraySort(groupArray((webhook, attempts, last_detail, is_accepted, is_last))) AS deliveries
    FROM
    (
        SELECT
            alert_id,
            webhook,
            max(attempt) AS attempts,
            argMaxIf(detail, attempt, state = 'failed') AS last_detail,
            countIf(state = 'accepted') > 0 AS is_accepted,
            countIf(state = 'failed' AND next_attempt_at IS NULL) > 0 AS is_last
        FROM usage_alert_attempt
        GROUP BY alert_id, webhook
    )
    GROUP BY alert_id
) AS deliveries ON deliveries.alert_id = alert.alert_id
