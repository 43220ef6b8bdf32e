"""The YAML of a resource drafted from a sample file, with the support for each guess and the open decisions.

Here: names, keys, the text. Not here: the form of the file (sniffing.py), the meaning of columns (guessing.py).

A draft shows column names and counts, never a value.
"""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from suining_data.catalog import Catalog, Delivery, Field, Unit
from suining_data.drafting.guessing import Guess, guess
from suining_data.drafting.sampling import Sample, bare_resource, read_sample
from suining_data.drafting.sniffing import Undraftable, pattern_of, proposed_delivery, proposed_member
from suining_data.elements import ELEMENTS
from suining_data.ingestion.archive import unpack
from suining_data.ingestion.reading import Refused
from suining_data.settings import Limits
from suining_data.sql import identifier
from suining_data.warehouse import load_spatial, prepare

__all__ = ["Draft", "Undraftable", "draft"]

PLAIN = re.compile(r"[A-Za-z_一-鿿][\w一-鿿（）./-]*")
NOT_TEXT_IN_YAML = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = {"record_id", "batch_id", "line_number", "failed_rules"}
KEY_COLUMNS = 6  # pairs of so many columns are tried as keys
OTHERS_SHOWN = 4
COORDINATES = ("longitude", "latitude", "coordinate_x", "coordinate_y")
UNDECIDED = "L3"  # until a person decides how sensitive a column is


@dataclass(frozen=True)
class Draft:
    """The text, and whether it is a complete unit file or one entry for the resources of an existing unit file."""

    text: str
    is_whole_file: bool


@dataclass(frozen=True)
class Column:
    """A guess, with the name and the label of the column."""

    guess: Guess
    name: str
    label: str
    sensitivity: str | None  # from the catalogue when it has the column; UNDECIDED when the element has none
    unit: str | None  # unit of measure, when the column's name contains it: 投资额(万元)
    is_declared: bool


def draft(file: Path, unit_id: str, thing: str, catalog: Catalog) -> Draft:
    """A draft of the resource `<unit_id>__<thing>` for a delivery like `file`. Raises Undraftable with the reason."""
    id = f"{unit_id}__{thing}"
    unit = next((unit for unit in catalog.units if unit.id == unit_id), None)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        prepare(con)
        load_spatial(con)  # the data elements of shapes need it
        scratch = Path(folder)
        member = proposed_member(file)
        held = _unpacked(file, member, scratch) if member else file
        delivery = proposed_delivery(held)
        sample = read_sample(con, held, bare_resource(id, delivery), scratch)
        if not sample.rows:
            raise Undraftable(f"{file.name}: 没有一行数据 (the file has no rows)")
        declared = _declared_fields(catalog)
        guesses = guess(con, sample.columns, {source: field.element for source, field in declared.items()})
        columns = _named(guesses, declared)
        keys = _keys(con, sample, columns)
    if member:
        given = {"archive": "zip", "member": pattern_of(member), "pattern": pattern_of(file.name)}
        delivery = delivery.model_copy(update=given)
    lines = list(_resource_lines(id, file, delivery, sample, columns, keys))
    head = list(_head(unit, unit_id))
    return Draft("\n".join([*head, *lines]) + "\n", is_whole_file=unit is None)


def _unpacked(file: Path, member: str, scratch: Path) -> Path:
    declared = {"format": "csv", "pattern": "*", "mode": "full", "archive": "zip", "member": member}
    try:
        unpacked = unpack(file, bare_resource("zip__zip", Delivery.model_validate(declared)), scratch, Limits()).file
    except Refused as refusal:
        raise Undraftable(f"{file.name} {refusal.zh} ({refusal.en})") from refusal
    return unpacked.rename(unpacked.with_name(Path(member).name))


def _declared_fields(catalog: Catalog) -> dict[str, Field]:
    """Source column -> the field that the catalogue uses most often for this source."""
    found: dict[str, Counter[str]] = {}
    by_meaning: dict[tuple[str, str], Field] = {}
    for resource in catalog.resources:
        for field in resource.fields:
            found.setdefault(field.source, Counter())[field.element] += 1
            by_meaning.setdefault((field.source, field.element), field)
    return {source: by_meaning[source, elements.most_common(1)[0][0]] for source, elements in found.items()}


def _named(guesses: Sequence[Guess], declared: dict[str, Field]) -> list[Column]:
    taken: set[str] = set(RESERVED)
    columns = []
    for position, each in enumerate(guesses, start=1):
        field = declared.get(each.column)
        source = each.column.lower().replace(".", "_")
        sensitivity = None if ELEMENTS[each.element].sensitivity else UNDECIDED
        is_declared = field is not None and field.element == each.element
        if field and is_declared:
            base, label, sensitivity = field.name, field.label, field.sensitivity
        else:
            base = each.element if each.is_sure else source if IDENTIFIER.fullmatch(source) else f"column_{position}"
            label = each.column if re.search("[一-鿿]", each.column) else ELEMENTS[each.element].label
        name = next(n for n in (base, *(f"{base}_{k}" for k in range(2, len(guesses) + 3))) if n not in taken)
        taken.add(name)
        columns.append(Column(each, name, label, sensitivity, _unit(each), is_declared))
    return columns


def _unit(guess: Guess) -> str | None:
    in_brackets = re.findall(r"[(（]([^()（）]+)[)）]", guess.column)
    return next((unit for unit in ELEMENTS[guess.element].units if unit in in_brackets), None)


def _keys(con: duckdb.DuckDBPyConnection, sample: Sample, columns: Sequence[Column]) -> list[list[str]]:
    """Columns whose values identify a row: single columns, or else pairs of the columns with most distinct values."""
    filled = [column for column in columns if column.guess.filled == sample.rows]
    single = [[column.name] for column in filled if column.guess.distinct == sample.rows]
    if single:
        return single
    best = sorted(filled, key=lambda column: -column.guess.distinct)[:KEY_COLUMNS]
    pairs = []
    for pair in combinations(best, 2):
        both = ", ".join(identifier(column.guess.column) for column in pair)
        [(distinct,)] = con.execute(f"select count(*) from (select distinct {both} from delivered)").fetchall()
        if distinct == sample.rows:
            pairs.append([column.name for column in pair])
    return pairs


def _head(unit: Unit | None, unit_id: str) -> Iterator[str]:
    if unit is None:
        yield f"unit: {{id: {unit_id}, name: {unit_id}, origin: department}}  # 单位全称 (name: the unit's full name)"
        yield "resources:"


def _resource_lines(
    id: str, file: Path, delivery: Delivery, sample: Sample, columns: Sequence[Column], keys: Sequence[Sequence[str]]
) -> Iterator[str]:
    rejected = "".join(f"; {count:,} lines would be rejected as {rule}" for rule, count in sample.rejected.items())
    yield f"  # 草稿，供人核对 (a draft; a person must check it), from {sample.rows:,} rows{rejected}"
    yield "  # 须由人填写 (a person must write): code, abstract, share and open, cycle, bases, mode, entities"
    yield f"  - id: {id}"
    yield '    proposal: ""'
    yield f"    name: {scalar(file.stem)}  # 信息资源名称 (the name that the department uses)"
    yield '    abstract: ""'
    yield "    share: {type: conditional}  # 补上 condition，或改为 unconditional、none (add condition, or change the type)"
    yield "    open: none"
    yield "    cycle: other"
    yield "    bases: []"
    layouts = (
        "; 多行表头，如是统计表请写 layouts (several header rows: a table of figures?)"
        if delivery.header_rows > 1
        else ""
    )
    yield f"    delivery: {_delivery(delivery)}  # mode: full 或 delta (the file does not show it){layouts}"
    yield f"    expected_rows: {{min: {sample.rows // 2}, max: {sample.rows * 2}}}"
    yield f"    key: {_listed(keys[0]) if keys else '[]'}  # {_key_comment(keys)}"
    yield "    fields:"
    for column in columns:
        yield f"      - {{{_field(column)}}}  # {_support(column)}"


def _delivery(delivery: Delivery) -> str:
    values = delivery.model_dump(mode="json", exclude_unset=True)
    order = ["format", "encoding", "delimiter", "pattern"]
    names = sorted(values, key=lambda name: order.index(name) if name in order else len(order))
    return "{" + ", ".join(f"{name}: {scalar(values[name])}" for name in names) + "}"


def _key_comment(keys: Sequence[Sequence[str]]) -> str:
    if not keys:
        return "没有一列或两列能区分各行 (no column and no pair of columns identifies a row)"
    others = [_listed(key) for key in keys[1 : 1 + OTHERS_SHOWN]]
    return "identifies a row" + (f"; so do {', '.join(others)}" if others else "")


def _listed(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _field(column: Column) -> str:
    values = {
        "source": scalar(column.guess.column),
        "name": column.name,
        "element": column.guess.element,
        "label": scalar(column.label),
        "sensitivity": column.sensitivity,
        "unit": column.unit,
    }
    return ", ".join(f"{key}: {value}" for key, value in values.items() if value)


def _support(column: Column) -> str:
    """The support for a guess, and what a person must still decide."""
    guess, notes = column.guess, []
    if guess.filled == 0:
        notes.append("空列，无从判断 (empty column: its meaning cannot be guessed)")
    else:
        notes.append(f"{100 * guess.share:.1f} % of {guess.filled:,} rows fit {guess.element}")
        if guess.distinct == guess.filled > 1:
            notes.append("all different")
        if column.is_declared:
            notes.append("declared so elsewhere in the catalogue")
        elif not guess.is_sure:
            others = f", {', '.join(guess.others[:OTHERS_SHOWN])} fit as well" if guess.others else ""
            notes.append(f"由人判断数据元 (no rule identifies it{others}: a person must decide)")
    if (units := ELEMENTS[guess.element].units) and not column.unit:
        notes.append(f"补上 unit (add the unit of measure: {', '.join(units)})")
    if guess.element in COORDINATES:
        notes.append("在 delivery 中补上 crs (add the crs to delivery)")
    return "; ".join(notes)


def scalar(value: object) -> str:
    """A value as a YAML scalar in flow style that is read back unchanged."""
    if isinstance(value, int):
        return str(value)
    text = str(value)
    is_plain = PLAIN.fullmatch(text) and text.lower() not in NOT_TEXT_IN_YAML
    return text if is_plain else json.dumps(text, ensure_ascii=False)
