"""The ground truth: which person or organisation each delivered row is about, their true values, and where things lie.

Here: data/truth/*.parquet, which the pipeline never reads. Not here: deliveries (delivery.py, writers/).
"""

from pathlib import Path

import duckdb

from .delivery import Delivered

SUBJECTS = ("person", "organization")
_ID = {"person": "'P' || lpad({t}::varchar, 8, '0')", "organization": "'L' || lpad({t}::varchar, 8, '0')"}


def create_truth_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables truth_person_row, truth_organization_row and truth_shape."""
    for subject in SUBJECTS:
        con.execute(
            f"""create table truth_{subject}_row(resource_id varchar, file varchar, row_number bigint, role varchar,
            true_id varchar, error_kind varchar)"""
        )
    con.execute("create table truth_shape(resource_id varchar, shape_key varchar, shape varchar)")


def add_truth(con: duckdb.DuckDBPyConnection, delivered: Delivered, line_numbers: str) -> None:
    """Append the rows of `delivered`; `line_numbers` is a table (file_no, n, line_number) of readable rows."""
    files = "[" + ", ".join(f"'{name}'" for name in delivered.files) + "]"
    for subject in SUBJECTS:
        for i, entity in delivered.entities(subject):
            con.execute(
                f"""insert into truth_{subject}_row
                select '{delivered.resource.id}', {files}[1 + file_no], line_number, '{entity.role}',
                    {_ID[subject].format(t=f"t{i}")}, e{i}
                from delivered join {line_numbers} using (file_no, n) where t{i} is not null order by file_no, n"""
            )
    if delivered.has_shapes:
        con.execute(
            f"""insert into truth_shape
            select '{delivered.resource.id}', shape_key, any_value(shape) from delivered
            where shape is not null group by shape_key order by shape_key"""
        )


def write_truth(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the six Parquet files."""
    for subject in SUBJECTS:
        _copy(con, f"select * from truth_{subject}_row", folder / f"{subject}_row.parquet")
    _copy(con, _PERSON, folder / "person.parquet")
    _copy(con, _ORGANIZATION, folder / "organization.parquet")
    _copy(con, _ADDRESS_POINT, folder / "address_point.parquet")
    _copy(con, "from truth_shape", folder / "shape.parquet")


def _copy(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    con.execute(f"copy ({sql}) to '{path}' (format parquet, compression zstd)")


# The attributes of linked.person_record and linked.organization_record, and those that distinguish relatives and people
# who moved. People who are registered elsewhere, went abroad or joined the army have no household here.
_PERSON = """
select p.true_id, p.resident_id, case p.kind when 4 then '553' when 5 then '414' end as other_id_type_code, p.foreign_number as other_id, p.name, p.former_name,
    p.sex::varchar as sex_code, p.birth as birth_date, p.death as death_date,
    case when p.kind < 4 then p.ethnicity_code end as ethnicity_code, p.marital_code as marital_status_code, p.education_code,
    p.phone, case when p.slot <> 9 and p.left_for is null then '四川省遂宁市' || r.county || r.town || r.tail end as registered_address,
    case when p.slot <> 9 and p.left_for is null then r.code end as registered_division_code,
    '四川省遂宁市' || l.county || l.town || l.tail as residence_address,
    case when p.slot <> 9 and p.left_for is null then p.household_number end as household_number,
    case when p.slot <> 9 and p.left_for is null then p.relation_code end as head_relation_code,
    o.uscc as employer_code, o.name as employer_name,
    '四川省遂宁市' || f.county || f.town || f.tail as former_address,
    list_distinct(['四川省遂宁市' || x.county || coalesce(x.old_town, x.town) || x.old_tail for x in [r, l, f] if x.old_tail is not null])
        as old_named_addresses, a.true_id as father_true_id, b.true_id as mother_true_id
from person p join place r on r.aid = p.registered_aid join place l on l.aid = p.residence_aid
    left join employment e on e.pid = p.pid left join organization o on o.oid = e.oid
    left join place f on f.aid = p.former_aid left join person a on a.pid = p.father left join person b on b.pid = p.mother
order by p.pid"""
_ORGANIZATION = """
select o.true_id, o.uscc, o.organization_code, o.registration_number, o.name, o.former_name,
    case o.kind when 'company' then 'enterprise' when 'society' then 'social_group'
        when 'private_unit' then 'social_service' when 'private_school' then 'social_service'
        when 'private_hospital' then 'social_service' when 'government' then 'state_organ' when 'mass' then 'mass_organization'
        when 'institution' then 'public_institution' when 'school' then 'public_institution'
        when 'hospital' then 'public_institution' when 'law_firm' then 'judicial_service' when 'notary' then 'judicial_service'
        when 'legal_service' then 'judicial_service' else o.kind end as organization_type_code,
    o.status_code,
    o.industry_code, case when o.currency = '人民币' then o.capital_wan * 10000 end as registered_capital_cny, o.established as established_date,
    o.closed as closed_date, p.name as representative_name, p.resident_id as representative_id,
    '四川省遂宁市' || o.county || o.town || o.tail as address, o.division_code, o.phone, o.employees as employee_count,
    o.business_scope, o.registrar as registrar_name, m.true_id as parent_true_id
from organization o join person p on p.pid = o.representative left join organization m on m.oid = o.parent
order by o.oid"""
# A point per address (CGCS2000 degrees); organisations of one address can have several. A dwelling lies where its building does.
_ADDRESS_POINT = """
select distinct '四川省遂宁市' || county || town || tail as address, lon as longitude, lat as latitude
from (
    select county, town, tail, lon, lat from place
    union all select county, coalesce(old_town, town), old_tail, lon, lat from place where old_tail is not null
    union all select county, town, tail, lon, lat from organization
)
order by all"""
