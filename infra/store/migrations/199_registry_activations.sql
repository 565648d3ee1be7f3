-- The integrations of each import of the registry, and for which clients each is active: one row for each time, and one
-- without a client where it never is.
CREATE OR REPLACE VIEW registry_activations AS
SELECT
    integrations.import_id AS import_id,
    integrations.integration_id AS integration_id,
    integrations.name AS name,
    toString(integrations.kind) AS kind,
    activations.client_id AS client_id,
    activations.active_from AS active_from,
    activations.active_until AS active_until
FROM (SELECT * FROM registry_integration FINAL) AS integrations
LEFT JOIN (SELECT * FROM registry_activation FINAL) AS activations
    ON integrations.import_id = activations.import_id AND integrations.integration_id = activations.integration_id
