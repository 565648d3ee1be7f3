-- The registry's versions: which months each import holds for. An import that was corrected by a later one for the same
-- month on holds for none.
CREATE OR REPLACE VIEW registry_imports AS
SELECT
    sequence,
    import_id,
    valid_from,
    sequence = max(sequence) OVER (PARTITION BY valid_from) AS holds,
    imported_at,
    clients,
    partners,
    integrations,
    activations
FROM registry_import
ORDER BY sequence
