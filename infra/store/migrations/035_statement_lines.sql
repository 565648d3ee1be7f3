CREATE OR REPLACE VIEW statement_lines AS
SELECT
    rows.month AS month,
    rows.revision AS revision,
    rows.client_id AS client_id,
    statements.client_name AS client_name,
    statements.payer_id AS payer_id,
    rows.line AS line,
    rows.item AS item,
    rows.integration_id AS integration_id,
    rows.detail AS detail,
    rows.quantity AS quantity,
    rows.unit AS unit,
    rows.unit_price_nok AS unit_price_nok,
    rows.amount_nok AS amount_nok,
    rows.status AS status,
    closes.content_hash AS content_hash,
    closes.is_latest AS is_latest
FROM (SELECT * FROM statement_line FINAL) AS rows
INNER JOIN month_closes AS closes
    ON rows.month = closes.month AND rows.revision = closes.revision AND rows.close_id = closes.close_id
INNER JOIN (SELECT month, revision, close_id, client_id, client_name, payer_id FROM statement FINAL) AS statements
    ON rows.month = statements.month AND rows.revision = statements.revision
    AND rows.close_id = statements.close_id AND rows.client_id = statements.client_id
