-- One row per organisation and attribute: which row of which delivery the golden value came from, and why it won.
{{ provenance(ref('legal_entity.organization_statement'), 'organization_id') }}
