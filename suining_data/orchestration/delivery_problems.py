"""Problems of deliveries that no raw table shows: undeclared and vanished files, overdue resources, full deliveries that
come too late.

Here: finding them, the table governance.delivery_problem (it should always be empty), and its step.
Not here: files that a resource declares (ingestion/), how a step runs (assets.py).
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import PurePath

from suining_data.catalog import Catalog, Resource, Unit
from suining_data.display import visible
from suining_data.ingestion import delivered_files, deliveries, landing_files, ok_file
from suining_data.orchestration.freshness import CYCLES, Lateness, deadlines
from suining_data.orchestration.step import Check, Column, Connection, Context, Step, WriteResult, digest_of
from suining_data.settings import Settings
from suining_data.warehouse import STAGING, swap

TABLE = "governance.delivery_problem"
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp")
MOST_SHOWN = 10  # sentences in a check result; the table has them all
DECLARED = Check(
    "deliveries_declared",
    "可访问性：landing/ 中每个文件都有资源登记 (every file in landing/ is declared by a resource)",
)
ON_TIME = Check(
    "deliveries_on_time", "时效性：各资源按更新周期交付 (every resource is delivered within its cycle)", is_warning=True
)
IN_ORDER = Check(
    "deliveries_in_order",
    "时效性：全量批次按文件名次序到达 (full deliveries come in the order of their names)",
    is_warning=True,
)
KEPT = Check(
    "deliveries_kept",
    "完整性：正在使用的批次，其文件仍在 landing/ 中 (the file of every current batch is still in landing/)",
    is_warning=True,
)
CHECKS = {"undeclared": DECLARED, "overdue": ON_TIME, "late": IN_ORDER, "vanished": KEPT}
COLUMNS = (
    Column("kind", "varchar", "类别 · undeclared: no resource declares the file; overdue: no delivery in time; late: "
           "older than the current batch; vanished: the file of a current batch is no longer in landing/"),
    Column("unit_id", "varchar", "单位 · unit, null for a folder of no unit"),
    Column("resource_id", "varchar", "资源 · resource, null for an undeclared file"),
    Column("file_name", "varchar", "文件（landing/ 之下） · file below landing/, null for an overdue resource"),
    Column("message_zh", "varchar", "说明 · the problem and what to do, in Chinese"),
    Column("message_en", "varchar", "说明（英文） · the same in English"),
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A row of the table."""

    kind: str
    unit_id: str | None
    resource_id: str | None
    file_name: str | None
    zh: str
    en: str


def deliveries_step(catalog: Catalog, raw: list[str]) -> Step:
    """The step that checks landing/ and governance.batch, after the steps `raw` have ingested every resource."""

    def write(context: Context) -> WriteResult:
        found = problems(context.con, context.settings, catalog, datetime.now())
        columns = ", ".join(f"{column.name} {column.type}" for column in COLUMNS)
        context.con.execute(f"create or replace table {TABLE}{STAGING} ({columns})")
        if found:
            marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(found))
            context.con.execute(
                f"insert into {TABLE}{STAGING} values {marks}", [value for each in found for value in astuple(each)]
            )
        failures = {check.name: _sentences([p for p in found if p.kind == kind]) for kind, check in CHECKS.items()}
        return WriteResult(rows=len(found), failures=failures)

    def digest(con: Connection, settings: Settings) -> str:
        return digest_of(*(each.zh for each in problems(con, settings, catalog, datetime.now())))

    return Step(
        key=TABLE,
        group="governance",
        description="来件问题：未登记的文件、逾期未交、迟到的旧文件、消失的文件 · "
        "deliveries that are undeclared, overdue, too late or vanished",
        upstream=tuple(raw),
        digest="1",
        inputs=digest,
        write=write,
        promote=lambda context: swap(context.con, TABLE),
        checks=tuple(CHECKS.values()),
        columns=COLUMNS,
        code="suining_data/orchestration/delivery_problems.py",
    )


def problems(con: Connection, settings: Settings, catalog: Catalog, now: datetime) -> list[Problem]:
    """The problems of the files in landing/ and of the batches in governance.batch."""
    return [
        *_undeclared(settings, catalog),
        *_overdue(con, settings, catalog, now),
        *_late(con, settings),
        *_vanished(con, settings, catalog),
    ]


def _sentences(found: list[Problem]) -> tuple[str, ...]:
    sentences = [f"{each.zh}\n{each.en}" for each in found[:MOST_SHOWN]]
    rest = len(found) - MOST_SHOWN
    if rest > 0:
        sentences.append(f"另有 {rest} 项，见 {TABLE} ({rest} more in {TABLE})")
    return tuple(sentences)


def _undeclared(settings: Settings, catalog: Catalog) -> Iterator[Problem]:
    claimed = {
        part
        for unit in catalog.units
        for resource in unit.resources
        for path in landing_files(settings, unit, resource)
        for part in delivered_files(resource, path)
    }
    units = {unit.id: unit for unit in catalog.units}
    said_complete = {ok_file(path) for path in claimed}
    for path in sorted(settings.landing.rglob("*")):
        below = path.relative_to(settings.landing)
        is_hidden = any(part.startswith(".") for part in below.parts)
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path not in claimed and path not in said_complete and not is_hidden:
            is_file = path.is_file() and not path.is_symlink()
            yield _undeclared_file(visible(str(below)), units.get(below.parts[0]), is_file=is_file)


def _undeclared_file(file: str, unit: Unit | None, *, is_file: bool) -> Problem:
    name = PurePath(file)
    if not is_file:
        zh = f"{file}: 是链接、管道或设备，不是文件，未读。请放入文件本身，并移走它。"
        en = f"{file}: a link, a pipe or a device and no file, so it was not read. Put the file itself there, and remove this."
    elif unit is None:
        zh = f"{file}: 不在任何单位的目录中。请移入 landing/<单位>/，单位名见 suining catalog list。"
        en = f"{file}: in the folder of no unit. Move it to landing/<unit>/; `suining catalog list` names them."
    elif name.suffix.lower() in UNFINISHED or name.name.startswith("~$"):
        zh = f"{file}: 像是正在传输或打开的临时文件，未读。请等待传完改名，或删除。"
        en = f"{file}: a temporary name, so a transfer is under way or broke off; not read. Wait for its rename, or delete it."
    else:
        patterns = "、".join(resource.delivery.pattern for resource in unit.resources) or "—"
        zh = (
            f"{file}: 没有资源登记这个文件名，未读；{unit.name}登记的有 {patterns}。"
            f"请改名，或在 catalog/units/{unit.id}.yaml 的 delivery.pattern 中登记。"
        )
        en = (
            f"{file}: no resource declares this name, so it was not read; declared are {patterns}. "
            f"Rename it, or add it to delivery.pattern in catalog/units/{unit.id}.yaml."
        )
    return Problem("undeclared", unit.id if unit else None, None, file, zh, en)


def _overdue(con: Connection, settings: Settings, catalog: Catalog, now: datetime) -> Iterator[Problem]:
    for deadline in deadlines(con, settings, catalog):
        if deadline.lateness(now) is Lateness.OVERDUE:
            yield _overdue_resource(deadline.unit, deadline.resource, deadline.last, deadline.overdue_from)


def _overdue_resource(unit: Unit, resource: Resource, last: datetime | None, due: datetime) -> Problem:
    cycle = CYCLES[resource.cycle][1]
    return Problem(
        "overdue",
        unit.id,
        resource.id,
        None,
        f"{resource.id}: {unit.name}“{resource.name}”应于 {due:%Y-%m-%d} 前交付（{cycle}，宽限 {resource.grace_days} 天），"
        f"{f'最近一次是 {last:%Y-%m-%d}' if last else '从未交付'}。请催交；在此之前沿用上一批。",
        f"{resource.id}: due by {due:%Y-%m-%d} ({resource.cycle}, {resource.grace_days} days of grace), "
        f"{f'last delivered {last:%Y-%m-%d}' if last else 'never delivered'}. Ask the department; the last batch stays current.",
    )


def _late(con: Connection, settings: Settings) -> Iterator[Problem]:
    """Full deliveries that came after the current, newer one. A late delta is used, but newer rows replace its rows."""
    rows = con.execute("""
        select late.resource_id, late.unit_id, late.file_name, newest.file_name from governance.batch as late
        join governance.batch as newest using (resource_id)
        where late.status = 'superseded' and newest.status = 'in_force'
            and late.file_name < newest.file_name and late.first_seen_at > newest.first_seen_at
        order by all
    """).fetchall()
    for resource, unit, file, newest in rows:
        if (settings.landing / unit / file).exists():
            yield Problem(
                "late",
                unit,
                resource,
                f"{unit}/{file}",
                f"{unit}/{file}: 比正在使用的 {newest} 旧而后到，已入账、未使用。"
                "如应以它为准，请交付方用更新的文件名重新交付；否则请移走。",
                f"{unit}/{file}: older than {newest}, which is current, and came after it; in the accounts, not used. "
                "If it should count, ask for it under a later name; else take it away.",
            )


def _vanished(con: Connection, settings: Settings, catalog: Catalog) -> Iterator[Problem]:
    """Current batches whose content is not in landing/, as far as names tell, and sizes where another content has the name.

    A full delivery that a newer one superseded is not current, so its file may go. A batch of which a person was forgotten
    has no file.
    """
    current: dict[str, list[tuple[str, int, bool]]] = {}
    for resource_id, *batch in con.execute("""
        select resource_id, file_name, file_bytes, exists (
            from governance.batch as other where other.resource_id = batch.resource_id
                and other.file_name = batch.file_name and other.status in ('refused', 'withdrawn'))
        from governance.batch as batch where status = 'in_force' and redactions = 0
        order by all
    """).fetchall():
        current.setdefault(resource_id, []).append(tuple(batch))
    for resource in catalog.shared:
        batches = current.get(resource.id)
        if batches:
            unit = catalog.unit_of(resource.id)
            landed = deliveries(resource, landing_files(settings, unit, resource))
            for file, size, is_ambiguous in batches:
                parts = landed.get(file, ())
                if not parts or (is_ambiguous and sum(part.stat().st_size for part in parts) != size):
                    yield _vanished_file(unit, resource, f"{unit.id}/{file}")


def _vanished_file(unit: Unit, resource: Resource, file: str) -> Problem:
    return Problem(
        "vanished",
        unit.id,
        resource.id,
        file,
        f"{file}: 正在使用，但原文件已不在 landing/ 中；数据不变，而重建时会缺。请从备份放回；有意归档的也请放回，"
        f"能移走的只有已被更新的全量取代的文件；如不应再用，请运行 suining withdraw {file}。",
        f"{file}: current, but its file is no longer in landing/; its rows stay, and a rebuild would miss them. Put it back "
        "from a backup, also if it was archived on purpose: only full deliveries that a newer one superseded may go. If it "
        f"should not count any more, run suining withdraw {file}.",
    )
