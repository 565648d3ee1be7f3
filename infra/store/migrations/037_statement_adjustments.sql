CREATE OR REPLACE VIEW statement_adjustments AS
SELECT
    rows.month AS month,
    rows.revision AS revision,
    rows.client_id AS client_id,
    rows.client_name AS client_name,
    rows.payer_id AS payer_id,
    rows.payer_name AS payer_name,
    rows.item AS item,
    rows.integration_id AS integration_id,
    rows.unit AS unit,
    rows.quantity_before AS quantity_before,
    rows.quantity_after AS quantity_after,
    rows.status_before AS status_before,
    rows.status_after AS status_after,
    rows.amount_before_nok AS amount_before_nok,
    rows.amount_after_nok AS amount_after_nok,
    rows.adjustment_nok AS adjustment_nok,
    rows.payable_nok AS payable_nok,
    rows.causes AS causes,
    closes.content_hash AS content_hash,
    closes.is_latest AS is_latest
FROM (SELECT * FROM statement_adjustment FINAL) AS rows
INNER JOIN month_closes AS closes
    ON rows.month = closes.month AND rows.revision = closes.revision AND rows.close_id = closes.close_id
