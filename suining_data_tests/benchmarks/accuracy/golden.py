"""Golden values against true ones, wherever a source had the truth.

Here: section golden, an attribute per row of population.person and legal_entity.organization.
Not here: which records make a golden record (clusters.py).
"""

from dataclasses import dataclass

import duckdb

from suining_data.linkage.address_forms import address_form
from suining_data_tests.benchmarks.accuracy.figures import Figures, rows_of
from suining_data_tests.benchmarks.accuracy.records import ORGANIZATION, PERSON, Subject


@dataclass(frozen=True)
class Attribute:
    """An attribute as SQL: of the golden record, of a linked record, of the truth."""

    name: str
    golden: str
    record: str
    truth: str


@dataclass(frozen=True)
class Base:
    """`joins` are what the attributes need beside the golden record."""

    table: str
    joins: str
    attributes: tuple[Attribute, ...]


def _same(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name, f"golden.{name}", f"record.{name}", f"truth.{name}") for name in names)


def _written(pattern: str, *names: str) -> tuple[Attribute, ...]:
    """Attributes that are one and the same in several spellings; `pattern` is SQL of a spelling {x} made one."""
    return tuple(
        Attribute(name, *(pattern.format(x=f"{row}.{name}") for row in ("golden", "record", "truth"))) for name in names
    )


def _in_number(name: str, agrees: str) -> Attribute:
    """An attribute that a record also tells by its number."""
    told = f"case when record.{agrees} then truth.{name} else record.{name} end"
    return Attribute(name, f"golden.{name}", told, f"truth.{name}")


def _address(column: str, alias: str) -> Attribute:
    """Golden records hold the id of an address; two texts of one normal form are one place."""
    told = (f"{alias}.address", f"record.{column}", f"truth.{column}")
    return Attribute(column, *(address_form(text) for text in told))


_DIVISION = "regexp_replace({x}, '^510922', '510981')"
_DIGITS = "regexp_replace({x}, '[^0-9]', '', 'g')"
_BRACKETS = "translate({x}, '()', '（）')"

BASES = {
    PERSON.name: Base(
        "population.person",
        """left join spatial.address as registered on registered.address_id = golden.registered_address_id
        left join spatial.address as residence on residence.address_id = golden.residence_address_id
        left join organization_owner as employing on employing.cluster_id = golden.employer_organization_id
        left join truth_organization as employer on employer.true_id = employing.owner_id""",
        (
            *_same("resident_id", "name", "former_name"),
            _in_number("sex_code", "resident_id[17]::integer % 2 = truth.sex_code::integer % 2"),
            _in_number("birth_date", "resident_id[7:14] = strftime(truth.birth_date, '%Y%m%d')"),
            *_same("death_date", "ethnicity_code"),
            *_same("marital_status_code", "education_code"),
            *_written(_DIGITS, "phone"),
            _address("registered_address", "registered"),
            *_written(_DIVISION, "registered_division_code"),
            _address("residence_address", "residence"),
            *_same("household_number", "head_relation_code"),
            Attribute("employer", "employer.uscc", "record.employer_code", "truth.employer_code"),
        ),
    ),
    ORGANIZATION.name: Base(
        "legal_entity.organization",
        """left join spatial.address as seat on seat.address_id = golden.address_id
        left join person_owner as head on head.cluster_id = golden.representative_person_id
        left join truth_person as representative on representative.true_id = head.owner_id""",
        (
            *_same("uscc", "organization_code", "registration_number"),
            *_written(_BRACKETS, "name"),
            *_same("organization_type_code", "status_code", "industry_code", "registered_capital_cny"),
            *_same("established_date", "closed_date", "representative_name"),
            Attribute(
                "representative", "representative.resident_id", "record.representative_id", "truth.representative_id"
            ),
            _address("address", "seat"),
            *_written(_DIVISION, "division_code"),
            *_written(_DIGITS, "phone"),
            *_same("employee_count", "business_scope", "registrar_name"),
        ),
    ),
}


def measure(con: duckdb.DuckDBPyConnection, subject: Subject, base: Base) -> list[Figures]:
    """Per attribute: subjects of which a linked record has the true value, and the share of golden values that equal it.

    What is not equal is different or empty, or unlinked where only records outside the golden record have the true value.
    The golden record of a subject is the one with most of its records, of those it owns. Reads the tables of records.py.
    """
    _judge(con, subject, base)
    shares = (_SHARE.format(subject=subject.name, attribute=a.name) for a in base.attributes)
    return rows_of(con, "union all".join(shares))


_SHARE = """
select '{attribute}' as attribute, count({attribute}) as subjects, count_if({attribute} = 'equal') as equal,
    count_if({attribute} = 'different') as different, count_if({attribute} = 'empty') as empty,
    count_if({attribute} = 'unlinked') as unlinked, equal / nullif(subjects, 0) as share
from {subject}_judged
"""


def _judge(con: duckdb.DuckDBPyConnection, subject: Subject, base: Base) -> None:
    """Create temporary table <subject>_judged: true_id, the golden id, and per attribute one of the four words or null."""
    id = f"{subject.name}_id"
    told = ", ".join(
        f"max(case when {a.record} = {a.truth} then 1 + is_golden end) as {a.name}" for a in base.attributes
    )
    words = ", ".join(
        f"""case when told.{a.name} is null then null when {a.golden} = {a.truth} then 'equal'
        when told.{a.name} = 1 then 'unlinked' when {a.golden} is null then 'empty' else 'different' end as {a.name}"""
        for a in base.attributes
    )
    con.execute(f"""
        create or replace temp table {subject.name}_judged as
        with chosen as (
            select owner_id as true_id, arg_max(cluster_id, (own_records, cluster_id)) as {id}
            from {subject.name}_owner join {base.table} as golden on golden.{id} = cluster_id
            group by owner_id
        ),
        record as (
            select record.*, true_id, (cluster_id = chosen.{id})::integer as is_golden
            from chosen
            join {subject.name}_matched as matched using (true_id)
            join linked.{subject.name}_record as record using (record_id, role)
        ),
        told as (select true_id, {told} from record join truth_{subject.name} as truth using (true_id) group by true_id)
        select chosen.true_id, chosen.{id}, {words}
        from chosen
        join {base.table} as golden on golden.{id} = chosen.{id}
        join told on told.true_id = chosen.true_id
        join truth_{subject.name} as truth on truth.true_id = chosen.true_id
        {base.joins}
    """)
