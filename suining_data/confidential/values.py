"""The ids and values of confidential persons: the table by which they are recognised in what leaves the warehouse.

Here: its SELECT; which ids the last publication hid. Not here: the decisions (decisions.py), hiding
(publication/confidential_rows.py).

Kinds of `value`:
- `person`: a golden id that a decision covers;
- `record`: a delivered row about the person, by its record_id;
- `number`: an identity number or a phone, which is hidden wherever it is. Not a phone that many persons report;
- `name`, `place`: a name; an address, its id, a household's number: hidden in rows about the person or about those near;
- `near`: golden ids of households and their members, and of organisations that a row names together with the person.
"""

import duckdb

from suining_data.confidential.decisions import COVERED
from suining_data.warehouse import table_exists, transaction

Connection = duckdb.DuckDBPyConnection
VALUES = "linked.confidential_value"
MOST_HOLDERS = 10  # persons who report a phone; more of them share a switchboard, which leads to nobody
HIDDEN = "create table if not exists registry.confidential_hidden (person_id varchar)"

SELECT_VALUES = f"""
with covered as (select distinct person_id as id from ({COVERED})),

own as (from linked.person_record where person_id in (select id from covered)),

known_by as (
    select identity_key from registry.person_identity
    where person_id in (select id from covered) and not starts_with(identity_key, 'record:')
),

number as (
    select case when contains(identity_key, ':') then split_part(identity_key, ':', 2) else identity_key end as value
    from known_by
    union all
    select resident_id from own where link_rule = 'resident_id'
    union all
    select other_id from own where link_rule = 'other_id'
),

phone as (
    select phone as value from linked.person_record where phone in (select phone from own)
    group by phone having count(distinct person_id) <= {MOST_HOLDERS}
),

household as (select distinct household_number as number from own where household_number is not null)

select distinct kind, value from (
    select 'person' as kind, id as value from covered
    union all
    select 'record', record_id::varchar from own
    union all
    select 'number', value from number
    union all
    select 'number', substr(value, 1, 6) || substr(value, 9, 9) from number where length(value) = 18
    union all
    select 'number', value from phone
    union all
    select 'name', unnest([name, former_name]) from own
    union all
    select 'place', unnest([
        registered_address, residence_address, registered_address_id, residence_address_id, household_number]) from own
    union all
    select 'near', 'H' || left(md5(number), 16) from household
    union all
    select 'near', person_id from linked.person_record
    where household_number in (select number from household) and person_id not in (select id from covered)
    union all
    select 'near', organization_id from linked.organization_record where record_id in (select record_id from own)
    union all
    select 'near', organization_id from history.organization
    where representative_person_id in (select id from covered)
) where value is not null
order by all
"""


def recognised_by(con: Connection, *kinds: str) -> set[str]:
    """The values of these kinds of confidential persons, as of the last refresh."""
    if not table_exists(con, VALUES):  # of an older version
        return set()
    found = con.execute(f"select value from {VALUES} where list_contains(?, kind)", [kinds]).fetchall()
    return {value for (value,) in found}


def create_hidden(con: Connection) -> None:
    """Create the table of the ids that the published snapshot hides, if it is missing."""
    con.execute(HIDDEN)


def hides_another(con: Connection) -> bool:
    """Whether somebody is confidential whom the snapshot before the present one showed; call it before `note_hidden`."""
    if not table_exists(con, VALUES):
        return False
    create_hidden(con)
    shown = f"select 1 from {VALUES} where kind = 'person' and value not in (from registry.confidential_hidden) limit 1"
    return con.execute(shown).fetchone() is not None


def hidden_ids(con: Connection) -> set[str]:
    """The ids that the published snapshot hides."""
    if not table_exists(con, "registry.confidential_hidden"):
        return set()
    return {id for (id,) in con.execute("select person_id from registry.confidential_hidden").fetchall()}


def note_hidden(con: Connection) -> None:
    """Remember whom the snapshot that was published now hides."""
    if table_exists(con, VALUES):
        with transaction(con):
            con.execute(f"""
                delete from registry.confidential_hidden;
                insert into registry.confidential_hidden select value from {VALUES} where kind = 'person'
            """)
