"""`suining linkage ...`: the model of record linkage.

Here: the commands, their options, what they print. Not here: the training (linkage/training.py), the estimate
(linkage/estimates.py).
"""

import math
from typing import Annotated, Any

import typer
from rich.table import Table

from suining_data.commands.errors import Mistake
from suining_data.commands.shared import NOTHING_LINKED, SubjectName
from suining_data.display import console, folding_table
from suining_data.settings import settings

linkage_app = typer.Typer(no_args_is_help=True, help="关联模型 · The model of record linkage.")


@linkage_app.command("train")
def train_models(
    subject: Annotated[SubjectName | None, typer.Option(help="Only the model of persons, or of organisations.")] = None,
) -> None:
    """Train the model anew from the records in the warehouse, and print its levels with m, u and weight.

    Writes suining_data/linkage/trained/<subject>.json. The next refresh uses it. The same records give the same model.
    """
    from suining_data.linkage import SUBJECT_LINKAGES
    from suining_data.linkage.scoring import TRAINED
    from suining_data.linkage.training import TooFewPairs, linked_evidence, train

    if not settings().warehouse.exists():
        raise Mistake(NOTHING_LINKED)
    with linked_evidence(settings()) as con:
        if con is None:
            raise Mistake(NOTHING_LINKED)
        for each in SUBJECT_LINKAGES:
            if subject in (None, each.name):
                file = TRAINED / f"{each.name}.json"
                try:
                    with console.status(f"训练 (training) {each.name}…"):
                        model = train(con, each, file)
                except TooFewPairs as error:
                    raise Mistake(str(error)) from error
                console.print(_levels(model))
                console.print(f"{file}")
    console.print("下一次 suining refresh 按此关联 (the next refresh uses this model)")


@linkage_app.command("estimate")
def print_estimate() -> None:
    """Print how good the linkage is, estimated without the truth: precision and recall of the pairs of records.

    The last columns say what people have decided of the pairs that were left to them.
    """
    from suining_data.linkage import SUBJECT_LINKAGES
    from suining_data.linkage.estimates import estimate
    from suining_data.warehouse import read_warehouse, table_exists

    if not settings().warehouse.exists():
        raise Mistake(NOTHING_LINKED)
    table = folding_table(
        "主体 subject", "已归并对 linked pairs", "误并（估计） false", "漏并（估计） missed", "查准率 precision", "查全率 recall",
        "已判定 reviewed", "判为同一 same",
    )  # fmt: skip
    with read_warehouse(settings()) as con:
        if not table_exists(con, "linked.person_record"):
            raise Mistake(NOTHING_LINKED)
        for subject in SUBJECT_LINKAGES:
            found = estimate(con, subject.name)
            table.add_row(
                subject.name,
                f"{found.linked_pairs:,}",
                f"{found.false_pairs:,.1f}",
                f"{found.missed_pairs:,.0f}",
                f"{found.precision:.6f}",
                f"{found.recall:.6f}",
                f"{found.reviewed_pairs:,}",
                f"{found.reviewed_same:,}",
            )
    console.print(table)


def _levels(model: dict[str, Any]) -> Table:
    """Every level with m, u and its weight in bits."""
    data = model["data"]
    table = folding_table(
        "比对 comparison",
        "相符程度 level",
        "m",
        "u",
        "权重 weight",
        title=f"{model['subject']}: {data['pairs']:,} 对 (pairs), {data['resolved']:,} 个主体 (subjects)",
    )
    for comparison in model["settings"]["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                m, u = level["m_probability"], level["u_probability"]
                weight = f"{math.log2(m / u):+.2f}"
                table.add_row(
                    comparison["output_column_name"], level["label_for_charts"], f"{m:.4%}", f"{u:.2e}", weight
                )
    return table
