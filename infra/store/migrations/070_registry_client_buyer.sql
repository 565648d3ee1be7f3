-- What an invoice to a client says of it beside its name: empty in imports that did not have it.
ALTER TABLE registry_client
    ADD COLUMN IF NOT EXISTS organisation_number String COMMENT 'Norwegian, nine digits',
    ADD COLUMN IF NOT EXISTS electronic_address String COMMENT 'scheme of the EAS list, colon, identifier',
    ADD COLUMN IF NOT EXISTS buyer_reference String,
    ADD COLUMN IF NOT EXISTS street String,
    ADD COLUMN IF NOT EXISTS postal_code String,
    ADD COLUMN IF NOT EXISTS city String,
    ADD COLUMN IF NOT EXISTS country String COMMENT 'two capital letters'
