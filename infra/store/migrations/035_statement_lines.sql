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
    rows.content_hash AS content_hash
FROM (SELECT * FROM statement_line FINAL) AS rows
INNER JOIN statements
    ON rows.month = statements.month AND rows.revision = statements.revision
    AND rows.content_hash = statements.content_hash AND rows.client_id = statements.client_id
