"""Which row of the truth a linked record is: by resource, delivered file, line within it, and role.

Here: table <subject>_matched, and the errors that a record carries. Not here: how well the records were linked.

The truth names a delivery that came in several pages by what their names share, and counts its lines through: so do
governance.batch and record_id.
"""

from dataclasses import dataclass

import duckdb

from suining_data.linkage.address_texts import canonical_address
from suining_data.packed_keys import line_number
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of


@dataclass(frozen=True)
class Subject:
    """`stale` and `groups` are SQL by name: of a record and the truth about its subject; of the truth alone.

    stale: facts that were true once, which the rows of the truth do not tell as an error.
    groups: true ids of subjects that are easily taken for one another.
    """

    name: str
    stale: dict[str, str]
    groups: dict[str, str]


def _former(column: str) -> str:
    """SQL: whether a record has the address from which its subject has moved."""
    return f"""{canonical_address(f"record.{column}")} = {canonical_address("truth.former_address")}
        and truth.former_address not in (coalesce(truth.registered_address, ''), truth.residence_address)"""


PERSON = Subject(
    "person",
    stale={
        "stale_name": "record.name = truth.former_name and record.name <> truth.name",
        "stale_address": f"({_former('registered_address')}) or ({_former('residence_address')})",
    },
    groups={
        "twins": """select unnest(list(true_id)) as true_id from truth_person where mother_true_id is not null
            group by mother_true_id, birth_date having count(*) > 1""",
        "father_and_son_of_one_name": """select unnest([son.true_id, father.true_id]) as true_id from truth_person as son
            join truth_person as father on son.father_true_id = father.true_id and son.name = father.name""",
        "same_name_and_birth": """select unnest(list(true_id)) as true_id from truth_person
            group by name, birth_date having count(*) > 1""",
        "same_number": """select unnest(list(true_id)) as true_id from truth_person where resident_id is not null
            group by resident_id having count(*) > 1""",
    },
)
ORGANIZATION = Subject(
    "organization",
    stale={
        "organization_former_name": "record.name = truth.former_name and record.name <> truth.name",
        "old_number_instead_of_uscc": """record.uscc is null and truth.uscc is not null
            and coalesce(record.organization_code, record.registration_number) is not null""",
    },
    groups={
        "same_name": """select unnest(list(true_id)) as true_id from truth_organization
            group by name having count(*) > 1""",
        "branches_and_parents": """select unnest([true_id, parent_true_id]) as true_id from truth_organization
            where parent_true_id is not null""",
    },
)


def match(con: duckdb.DuckDBPyConnection, subject: Subject) -> None:
    """Create temporary tables of a row per record, per part (what one cluster has of one subject), per cluster.

    <subject>_matched: record_id, role, true_id, kinds, cluster_id, is_resolved; a record without an id is a cluster of its
    own. <subject>_part: cluster_id, true_id, n, clean (records without an error). <subject>_owner: cluster_id, n,
    owner_id (whom most of its records speak of), own_records (how many), is_resolved (has a golden id).
    """
    stale = ", ".join(f"case when {sql} then '{kind}' end" for kind, sql in subject.stale.items())
    kinds = f"list_distinct(list_concat(string_split(row.error_kind, ','), [{stale}]))"  # leaves out nulls
    con.execute(f"""
        create or replace temp table {subject.name}_matched as
        select record.record_id, record.role, row.true_id, {kinds} as kinds,
            coalesce(record.{subject.name}_id, record.record_id || record.role) as cluster_id,
            record.{subject.name}_id is not null as is_resolved
        from linked.{subject.name}_record as record
        join governance.batch using (resource_id, batch_id)
        join truth_{subject.name}_row as row
            on row.resource_id = record.resource_id and row.file = batch.file_name and row.role = record.role
            and row.row_number = {line_number("record.record_id")}
        join truth_{subject.name} as truth on truth.true_id = row.true_id
    """)
    con.execute(f"""
        create or replace temp table {subject.name}_part as
        select cluster_id, true_id, count(*) as n, count_if(len(kinds) = 0) as clean, bool_or(is_resolved) as is_resolved
        from {subject.name}_matched group by all
    """)
    con.execute(f"""
        create or replace temp table {subject.name}_owner as
        select cluster_id, sum(n)::bigint as n, arg_max(true_id, (n, true_id)) as owner_id, max(n) as own_records,
            bool_or(is_resolved) as is_resolved
        from {subject.name}_part group by cluster_id
    """)


def account(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Records, those that are no row of the truth, and rows of the truth that were put aside or superseded."""
    return row_of(
        con,
        f"""
        select count(*) as records, count_if(not is_resolved) as records_without_id,
            (select count(*) from linked.{subject.name}_record) - count(*) as records_without_truth,
            (select count(*) from truth_{subject.name}_row) - count(*) as rows_not_staged
        from {subject.name}_matched
        """,
    )
