"""`suining linkage ...`: the model of record linkage.

Here: the commands, their options, what they print. Not here: the training (linkage/training.py).
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


@linkage_app.callback()
def linkage() -> None:
    """Makes Typer treat `linkage` as a group, although it has only one command."""


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
