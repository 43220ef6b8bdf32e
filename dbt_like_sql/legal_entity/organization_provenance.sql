-- One row per organisation and attribute: the row and the delivery that the golden value came from, and why it
-- survived.
{{ provenance('organization', ref('legal_entity.organization_statement')) }}
