"""Which attributes a record of a subject has, and their SQL types.

Here: the columns of linked.person_record, linked.organization_record, linked.address_record that come from deliveries.
Not here: where they come from (`entities` in catalog/units/*.yaml), which value wins (dbt_like_sql/).
"""

IDENTIFYING_PERSON = {"resident_id": "varchar", "other_id_type_code": "varchar", "other_id": "varchar"}
PERSON = {
    "name": "varchar",
    "former_name": "varchar",
    "sex_code": "varchar",
    "birth_date": "date",
    "death_date": "date",
    "ethnicity_code": "varchar",
    "marital_status_code": "varchar",
    "education_code": "varchar",
    "phone": "varchar",
    "registered_address": "varchar",
    "registered_division_code": "varchar",
    "residence_address": "varchar",
    "household_number": "varchar",
    "head_relation_code": "varchar",
    "employer_code": "varchar",
    "employer_name": "varchar",
}

IDENTIFYING_ORGANIZATION = {"uscc": "varchar", "organization_code": "varchar", "registration_number": "varchar"}
ORGANIZATION = {
    "name": "varchar",
    "organization_type_code": "varchar",
    "status_code": "varchar",
    "tax_status_code": "varchar",
    "industry_code": "varchar",
    "registration_type_code": "varchar",
    "registered_capital_cny": "decimal(18,2)",
    "established_date": "date",
    "closed_date": "date",
    "representative_name": "varchar",
    "representative_id": "varchar",
    "address": "varchar",
    "division_code": "varchar",
    "phone": "varchar",
    "employee_count": "bigint",
    "business_scope": "varchar",
    "registrar_name": "varchar",
}

ADDRESS = {"address": "varchar", "division_code": "varchar", "longitude": "double", "latitude": "double"}

ANY_CODE = "any_code"  # a column that holds a USCC, an organisation code or a registration number

OFFERED = {
    "person": {*IDENTIFYING_PERSON, *PERSON},
    "organization": {*IDENTIFYING_ORGANIZATION, *ORGANIZATION, ANY_CODE},
    "address": set(ADDRESS),
}
