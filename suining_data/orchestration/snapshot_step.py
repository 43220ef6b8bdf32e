"""The last step of a refresh: the snapshot, added part by part, and what else than tables makes it stale.

Here: the step. Not here: writing the snapshot (publication/), the other steps (pipeline.py).
"""

import json
from collections.abc import Callable, Collection

import dagster as dg

from suining_data.linkage import back_up_registry, copy_is_whole
from suining_data.models import Model, labelled_views, load_sources
from suining_data.orchestration.step import (
    Connection,
    Context,
    Figure,
    Part,
    Step,
    WriteResult,
    code_digest,
    digest_of,
)
from suining_data.publication import (
    CHART_BOOK,
    OVERVIEW_MAP,
    PAGE,
    Addition,
    additions,
    contracts_of,
    is_whole,
    labels_of,
    publish,
)
from suining_data.standardization import ACCOUNTS, REVISIONS


def snapshot_step(models: list[Model], others: list[str]) -> Step:
    """The step of the snapshot. `others`: tables that no model reads, whose accounts are published all the same."""
    views, sources = [model for model in models if model.is_view], load_sources()
    tables = [*(model.table for model in models if not model.is_view), *others]
    labels = labels_of(contracts_of(models, sources))
    parts = tuple(Part(new.reads, _added(new)) for new in additions(tables, views, labels))
    read = [*(model.table for model in models), *others, *(table for part in parts for table in part.reads)]

    def write(context: Context) -> WriteResult:
        # not a part, because its checkpoint fails while another cursor is in use
        back_up_registry(context.con, context.settings)
        published = publish(context.con, context.settings, context.run_id, models, sources)
        figures: dict[str, Figure] = {"tables": len(published), "views": len(views) + len(labelled_views(models))}
        for name, page in (("quality_page", PAGE), ("chart_book", CHART_BOOK), ("overview_map", OVERVIEW_MAP)):
            file = context.settings.published / page
            if file.exists():
                figures[name] = dg.MetadataValue.path(str(file))
        return WriteResult(rows=sum(table.rows for table in published), figures=figures)

    return Step(
        key="published.snapshot",
        group="published",
        description="四库对外快照：DuckDB 文件、Parquet 与清单，整体替换 · the snapshot that analysts open",
        upstream=tuple(dict.fromkeys(read)),
        digest=digest_of(code_digest("publication"), code_digest("statistics")),
        inputs=lambda con, settings: governance_digest(con),
        is_lost=lambda con, settings: not (is_whole(con, settings) and copy_is_whole(settings)),
        parts=parts,
        write=write,
        promote=lambda context: None,
        code="suining_data/publication/snapshot.py",
        is_table=False,
    )


def _added(new: Addition) -> Callable[[Context], None]:
    return lambda context: new.add(context.con, context.settings)


def governance_digest(con: Connection, stages: Collection[str] = ()) -> str:
    """Digest of batches, row accounts and check results. What is refused changes no base, but the snapshot shows it.

    `stages`: only the checks of tables of these; without it, all.
    """
    batches = con.execute(
        "select resource_id, batch_id, file_name, status, run_id, raw_sha256 from governance.batch order by all"
    ).fetchall()
    checks = con.execute(
        "select table_name, check_name, has_passed, description from governance.check_result "
        "where len($stages) = 0 or list_contains($stages, split_part(table_name, '.', 1)) order by all",
        {"stages": list(stages)},
    ).fetchall()
    accounts = [
        con.execute(f"select count(*), coalesce(sum(hash(r))::varchar, '') from governance.{table} as r").fetchall()
        for table in (*ACCOUNTS, REVISIONS)
    ]
    return digest_of(json.dumps([batches, checks, accounts]))
