-- The clients of each import of the registry. Whoever is a partner's and has no collective invoice pays itself.
CREATE OR REPLACE VIEW registry_clients AS
SELECT
    import_id,
    client_id,
    name,
    partner_id,
    collective_invoice,
    if(collective_invoice AND partner_id != '', partner_id, client_id) AS payer_id,
    (import_id, client_id) IN (SELECT import_id, partner_id FROM registry_partner) AS is_partner
FROM registry_client FINAL
