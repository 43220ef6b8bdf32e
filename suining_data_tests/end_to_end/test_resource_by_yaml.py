"""A new unit and a new file need a YAML and nothing else: drafted, completed by a human, taken in, judged, described."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.catalog import Catalog, check, load_catalog
from suining_data.drafting import draft
from suining_data.orchestration.assets import asset_of, warehouse_of
from suining_data.orchestration.pipeline import steps_of
from suining_data.settings import Settings, settings

OPERATOR = "91350100M000100Y43,遂宁市某某水务有限公司"


def kept_by(name: str) -> str:
    return f"11010519491231002X,{name},四川省遂宁市射洪市某某镇某某村1组"


RESERVOIRS = "\n".join(
    [
        "skmc,gldw_tyshxydm,gldw_mc,glr_sfzh,glr_xm,dz,kr,jcrq",
        f"上游水库,{OPERATOR},{kept_by('王一')},120.5,1975-10-01",
        *(f"{name}山水库,{OPERATOR},{kept_by('张' + name)},60.5,1977-10-01" for name in "东西南北"),
        f"中游水库,{OPERATOR},{kept_by('王二')},80,1982年3月12日",
        f"下游水库,91350100M000100Y44,遂宁市某某水务有限公司,{kept_by('王三')},35.2,1990-05-06",  # wrong check character
        "无名水库,,遂宁市某某水务有限公司",  # too few columns
        f"山湾水库,{OPERATOR},{kept_by('王四')},15,2001-02-29",  # no such day
    ]
)
# what only a human knows, and what stands in the draft instead
COMPLETED = {
    'proposal: ""': 'proposal: "T01"\n    code: "301999/000001"',
    "name: sk_20190831": "name: 水库名录",
    "share: {type: conditional}": "share: {type: unconditional}",
    "open: none": "open: unconditional",
    "cycle: other": "cycle: yearly",
    "bases: []": "bases: [legal_entity]",
}
ENTITIES = """\
    entities:
      - subject: organization
        role: reservoir_operator
        values: {name: operator_name, uscc: uscc}
      - subject: person
        role: keeper
        values: {resident_id: resident_id, name: keeper_name}
      - subject: address
        role: reservoir
        values: {address: address}
"""


@pytest.fixture
def water(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    landing = settings().landing / "water_conservancy"
    landing.mkdir(parents=True)
    (landing / "sk_20190831.csv").write_text(RESERVOIRS + "\n", encoding="gb18030")
    yield settings()
    settings.cache_clear()


def written_down(water: Settings, folder: Path) -> Catalog:
    """The catalogue of the one unit: the draft with what a human adds."""
    file = water.landing / "water_conservancy" / "sk_20190831.csv"
    text = draft(file, "water_conservancy", "reservoirs", Catalog(())).text
    for drafted, completed in COMPLETED.items():
        assert drafted in text
        text = text.replace(drafted, completed)
    for source, name in (("gldw_mc", "operator_name"), ("glr_xm", "keeper_name"), ("dz", "address")):
        text = text.replace(f"source: {source}, name: {source}", f"source: {source}, name: {name}")
    folder.mkdir()
    (folder / "water_conservancy.yaml").write_text(text + ENTITIES, encoding="utf-8")
    assert check(folder) == []
    return load_catalog(folder)


def refresh(catalog: Catalog) -> bool:
    steps = steps_of(catalog, [])
    done = dg.materialize(
        [asset_of(step) for step in steps],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"warehouse": warehouse_of(steps)},
        raise_on_error=False,
    )
    return done.success


def test_a_yaml_alone_brings_a_new_resource_through(water: Settings, tmp_path: Path) -> None:
    catalog = written_down(water, tmp_path / "units")
    assert [resource.id for resource in catalog.resources] == ["water_conservancy__reservoirs"]
    assert refresh(catalog)

    with duckdb.connect(str(water.warehouse), read_only=True) as con:
        staged = con.sql(
            "select skmc, uscc, kr, date::varchar from staged.water_conservancy__reservoirs where skmc not like '_山水库' "
            "order by line_number"
        ).fetchall()
        linked = con.sql("""
            select (select count(uscc) from linked.organization_record), (select count(*) from linked.person_record),
                (select count(*) from linked.address_record)
        """).fetchall()
    assert staged == [
        ("上游水库", "91350100M000100Y43", 120.5, "1975-10-01"),
        ("中游水库", "91350100M000100Y43", 80.0, "1982-03-12"),
        ("下游水库", None, 35.2, "1990-05-06"),
        ("山湾水库", "91350100M000100Y43", 15.0, None),
    ]
    assert linked == [(7, 8, 8)]
    assert len(list((water.raw / "water_conservancy__reservoirs").glob("*.parquet"))) == 2  # rows and rejected lines

    with duckdb.connect(str((water.published / "suining.duckdb").resolve()), read_only=True) as con:
        account = con.sql(
            "select lines_total, header_lines, rejected, raw, staged, quarantined from governance.row_account"
        ).fetchall()
        reasons = con.sql("select line_number, scope, rule from governance.quarantine order by 1").fetchall()
        checks = con.sql(
            "select count(*) > 1, bool_or(check_name = 'rows_balance' and has_passed) from governance.check_result "
            "where table_name = 'staged.water_conservancy__reservoirs'"
        ).fetchall()
        described = con.sql(
            "select column_name, type, element, standard, sensitivity, unit_name, resource_name, source "
            "from governance.dictionary where table_name = 'water_conservancy__reservoirs' order by position"
        ).fetchall()
    assert account == [(10, 1, 1, 8, 8, 0)]
    assert reasons == [(8, "value", "check_character"), (9, "line", "COLUMN_COUNT"), (10, "value", "unreadable")]
    assert checks == [(True, True)]
    assert described[1] == (
        *("uscc", "varchar", "uscc", "GB 32100-2015", "L1"),
        *("water_conservancy", "水库名录", "gldw_tyshxydm"),
    )
    assert [source for *_, source in described] == RESERVOIRS.splitlines()[0].split(",")
