"""How many rows each resource delivers at the city's real volume.

Here: the row counts of the catalogue proposal, by resource. Not here: the rows (views/).
The counts of all units sum to 2,420,000; those below are of the units whose deliveries are made so far.
Statistics and divisions deliver whole at any scale: tables of totals do not shrink with the city.
"""

ROWS: dict[str, int] = {
    "public_security__household_changes": 18_500,
    "public_security__residence_registrations": 12_000,
    "public_security__standard_addresses": 14_600,
    "civil_affairs__marriages": 5_600,
    "civil_affairs__cremations": 4_700,
    "civil_affairs__welfare_recipients": 9_300,
    "civil_affairs__social_organizations": 900,
    "human_resources__pension_insurance": 16_600,
    "human_resources__pension_payments": 11_200,
    "human_resources__social_security_cards": 6_200,
    "health__births": 3_600,
    "health__deaths": 4_500,
    "health__institutions_and_doctors": 2_500,
    "medical_insurance__enrolments": 10_900,
    "medical_insurance__designated_providers": 1_350,
    "education__enrolment_changes": 8_600,
    "education__schools": 640,
    "market_supervision__registrations": 11_300,
    "market_supervision__shareholders_and_officers": 6_200,
    "market_supervision__food_drug_licenses": 4_300,
    "market_supervision__penalties": 1_500,
    "establishment_office__organizations": 1_260,
    "taxation__taxpayers": 6_900,
    "taxation__credit_ratings": 940,
    "natural_resources__real_estate_register": 9_700,
    "natural_resources__parcels": 3_720,
    "housing__house_sales": 5_000,
    "housing__buildings": 3_200,
    "housing__construction_qualifications": 470,
    "transport__road_licenses": 3_000,
    "transport__transit": 1_650,
    "statistics__basic_units": 1_900,
    "government_services__cases": 2_600,
    "veterans_affairs__special_care": 1_500,
    "poverty_alleviation__households": 2_600,
    "disabled_federation__certificates": 2_200,
    "civil_air_defence__shelters": 120,
    "housing_fund__employers": 600,
    "housing_fund__accounts": 2_500,
    "meteorology__daily_observations": 400,
    "intermediate_court__dishonest_debtors": 430,
    "state_assets__enterprises": 60,
    "financial_work__lenders_and_guarantors": 40,
    "economic_cooperation__investment_projects": 150,
    "postal__express_outlets": 140,
    "sichuan_public_security__residents": 760_000,
    "sichuan_public_security__cancellations": 46_000,
    "sichuan_human_resources__insurance": 428_000,
    "sichuan_medical_insurance__enrolments": 392_000,
    "sichuan_civil_affairs__marriages": 118_000,
    "sichuan_health__births": 62_000,
    "sichuan_education__enrolments": 97_000,
    "sichuan_market_supervision__registrations": 126_000,
    "sichuan_market_supervision__shareholders_and_officers": 72_000,
    "sichuan_taxation__taxpayers": 38_500,
    "sichuan_establishment_office__institutions": 4_300,
    "sichuan_natural_resources__real_estate": 27_400,
    "sichuan_disabled_federation__disabled_persons": 5_400,
    "sichuan_development_reform__credit": 5_200,
}


def rows_of(resource_id: str, scale: float) -> int:
    """Rows of a resource at a scale; KeyError for a resource that delivers whole."""
    return max(1, round(ROWS[resource_id] * scale))
