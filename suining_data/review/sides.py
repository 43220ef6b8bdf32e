"""What the two sides of a pair tell: a record as it was delivered, a known subject by its golden values.

Here: the two kinds of side and what of their values is shown. Not here: the pairs (queue.py), the layout (terminal.py,
sheets.py).

Of a known subject the golden value stands first, then what the other side tells as well, then what else its records
tell: a clerk should see on what the evidence rests. Ties have no golden value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from suining_data.catalog import Catalog, Resource
from suining_data.elements import ELEMENTS
from suining_data.ingestion import files_of
from suining_data.linkage import SUBJECTS, Subject
from suining_data.review.words import ITEMS, ORGANIZATION, PERSON
from suining_data.warehouse import table_exists

MOST_VALUES = 4  # of one item, where the records of a subject tell several
Told = dict[str, list[str]]
SUBJECT: dict[str, Subject] = {subject.name: subject for subject in SUBJECTS}


@dataclass(frozen=True)
class Side:
    """One side: where it comes from, and per item of ITEMS what it tells. A known subject has no file."""

    source: str
    told: Told
    file: str | None = None
    line: int | None = None
    is_known: bool = False


GONE = Side("已不在来件中 (no longer delivered)", {})


@dataclass
class _Rows:
    """Rows of a query by their key, as dictionaries."""

    con: duckdb.DuckDBPyConnection
    tokens: list[str]
    by_token: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, sql: str) -> None:
        """Add the rows of `sql`, which reads `$tokens` and gives `token` and more columns."""
        result = self.con.execute(sql, {"tokens": self.tokens})
        names = [column[0] for column in result.description]
        for row in result.fetchall():
            values = dict(zip(names, row, strict=True))
            self.by_token.setdefault(values["token"], {}).update(values)


def sides_of(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Side, Side]]:
    """Both sides of every pair of tokens of a subject."""
    tokens = list(dict.fromkeys(token for pair in pairs for token in pair))
    records = _records(con, catalog, subject, tokens)
    known = _known(con, catalog, subject, [token for token in tokens if token not in records])
    all_sides = records | known
    return {pair: (_beside(all_sides, *pair), _beside(all_sides, *reversed(pair))) for pair in pairs}


def _beside(sides: dict[str, Side], token: str, other: str) -> Side:
    """A side with what it has in common with the other first, and not more than one can read."""
    side, shared = sides.get(token, GONE), sides.get(other, GONE).told
    told = {
        item: _shown(values, shared.get(item, []), golden=1 if side.is_known and item != "tie" else 0)
        for item, values in side.told.items()
    }
    return Side(side.source, told, side.file, side.line, side.is_known)


def _shown(values: list[str], shared: list[str], golden: int) -> list[str]:
    ordered = values[:golden] + sorted(values[golden:], key=lambda value: value not in shared)
    more = len(ordered) > MOST_VALUES
    return [*ordered[:MOST_VALUES], f"……共 {len(ordered)} 个"] if more else ordered


def _records(con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, tokens: list[str]) -> dict[str, Side]:
    """Sides of the tokens that stand for a record without an accepted number: the first that tells this."""
    rows = _Rows(con, tokens)
    rows.read(f"""
        select *, count(*) over (partition by token) as records from linked.{subject}_unidentified
        where list_contains($tokens, token)
        qualify row_number() over (partition by token order by record_id, role) = 1
    """)
    places = _places(con, [(row["resource_id"], row["record_id"]) for row in rows.by_token.values()])
    labels = _labels(catalog)
    sides = {}
    for token, row in rows.by_token.items():
        resource = catalog.resource(row["resource_id"])
        file, line = places.get(row["record_id"], (None, None))
        source = f"{catalog.unit_of(resource.id).name}《{resource.name}》{_part(resource, subject, row['role'])}"
        if row["records"] > 1:
            source += f"（共 {row['records']} 条，内容相同）"
        sides[token] = Side(source, _told_by_record(subject, row, labels), file, line)
    return sides


def _places(
    con: duckdb.DuckDBPyConnection, records: Sequence[tuple[str, int]]
) -> dict[int, tuple[str | None, int | None]]:
    """record_id -> file and line in it."""
    places = {}
    for resource in {resource for resource, _ in records}:
        rows = con.execute(
            f"""
            select record_id, file_name, line_number - first_line + 1 from staged.{resource}
            join ({files_of(resource)}) as file using (batch_id)
            where list_contains(?, record_id) and line_number between first_line and last_line
            """,
            [[record for name, record in records if name == resource]],
        ).fetchall()
        places.update({record: (file, line) for record, file, line in rows})
    return places


def _part(resource: Resource, subject: str, role: str) -> str:
    """Which of several people of a row is meant: the column that names them."""
    entities = [entity for entity in resource.entities if entity.subject == subject]
    if len(entities) < 2:
        return ""
    named = next(entity.values.get("name") for entity in entities if entity.role == role)
    label = next((column.label for column in resource.columns if column.name == named), role)
    return f"“{label}”"


def _labels(catalog: Catalog) -> dict[str, str]:
    """Column -> Chinese label without its remarks, and what a tie to another subject of the same row is called."""
    labels = {c.name: c.label.partition("（")[0] for resource in catalog.resources for c in resource.columns}
    return labels | {"person": "同一行中的人员", "organization": "同一行中的单位"}


def _told_by_record(subject: str, row: dict[str, Any], labels: dict[str, str]) -> Told:
    told: dict[str, list[str | None]] = {
        "number": [row["received"], _contested(row["contested_number"]), row.get("registration_number")],
        "name": [row["name"]],
        "former_name": [row["former_name"]],
        "sex": [_sex(row.get("sex_code"))],
        "birth": [_day(row.get("birth"))],
        "death": [_day(row.get("death"))],
        "representative": [row.get("representative_name")],
        "phone": [row["phone"]],
        "address": row["addresses"] or [],
        "tie": [_tie(tie, labels) for tie in row["ties"] or []],
    }
    return _of(subject, told)


def _known(con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, tokens: list[str]) -> dict[str, Side]:
    """Sides of the keys of accepted numbers: the golden values, and what the records of that number tell."""
    rows = _Rows(con, tokens)
    rows.read(f"""
        select identity_key as token, {_SINGLE[subject]}, list(distinct name) filter (where name is not null) as names,
            list(distinct phone) filter (where phone is not null) as phones,
            list_distinct(flatten(list(addresses) filter (where addresses is not null))) as addresses,
            list_distinct(flatten(list(ties) filter (where ties is not null))) as ties
        from ({SUBJECT[subject].known}) where list_contains($tokens, identity_key) group by identity_key
    """)
    if table_exists(con, "population.person" if subject == PERSON else "legal_entity.organization"):
        rows.read(_GOLDEN_PERSON if subject == PERSON else _GOLDEN_ORGANIZATION)
    labels = _labels(catalog)
    return {token: _known_side(subject, token, row, labels) for token, row in rows.by_token.items()}


def _known_side(subject: str, token: str, row: dict[str, Any], labels: dict[str, str]) -> Side:
    golden = row.get
    told: dict[str, list[str | None]] = {
        "number": [*(golden("numbers") or []), token],
        "name": [golden("name"), *sorted(row["names"] or [])],
        "former_name": [golden("former_name")],
        "sex": [_sex(golden("sex_code") or golden("told_sex"))],
        "birth": [_date(golden("birth_date")) or _day(golden("told_birth"))],
        "death": [_date(golden("death_date"))],
        "representative": [golden("representative_name") or golden("told_representative")],
        "phone": [golden("phone"), *sorted(row["phones"] or [])],
        "address": [*(golden("places") or []), *sorted(row["addresses"] or [])],
        "tie": [_tie(tie, labels) for tie in sorted(row["ties"] or [])],
    }
    called = "已知人员" if subject == PERSON else "已知单位"
    records = f"（{golden('record_count')} 条记录）" if golden("record_count") else ""
    return Side(f"{called} {golden('id') or ''}{records}", _of(subject, told), is_known=True)


# what the records of a known subject tell where the base has no golden value
_SINGLE = {
    PERSON: "min(birth) as told_birth, min(sex_code) as told_sex",
    ORGANIZATION: "min(representative_name) as told_representative",
}
# the key of a known person is the number itself, of a known organisation the code that its numbers share
_GOLDEN_PERSON = """
    select token, person_id as id, [resident_id] as numbers, name, former_name, sex_code, birth_date, death_date, phone,
        [registered.address, residence.address] as places, record_count
    from (select distinct token, person_id from linked.person_identity where list_contains($tokens, token))
    join population.person using (person_id)
    left join spatial.address as registered on registered.address_id = registered_address_id
    left join spatial.address as residence on residence.address_id = residence_address_id
"""
_GOLDEN_ORGANIZATION = """
    select token, organization_id as id, [uscc, organization_code, registration_number] as numbers, name,
        representative_name, phone, [place.address] as places, record_count
    from (select distinct token, organization_id from linked.organization_identity where list_contains($tokens, token))
    join legal_entity.organization using (organization_id)
    left join spatial.address as place using (address_id)
"""


def _of(subject: str, told: dict[str, list[str | None]]) -> Told:
    """The items of a subject that are told, each value once."""
    return {
        item: values
        for item in ITEMS[subject]
        if (values := list(dict.fromkeys(value for value in told[item] if value)))
    }


def _sex(code: str | None) -> str | None:
    return (ELEMENTS["sex_code"].code_set or {}).get(code, code) if code else None


def _day(text: str | None) -> str | None:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else None


def _date(value: Any) -> str | None:
    return value.isoformat() if value else None


def _contested(number: str | None) -> str | None:
    return f"{number}（属他人）" if number else None


def _tie(tie: str, labels: dict[str, str]) -> str:
    what, _, number = tie.partition(":")
    return f"{labels.get(what, what)} {number}"
