"""`suining withdraw`, `reload`, `rollback`, `snapshots`: what went wrong is undone.

Here: the commands, their options, what they print. Not here: the work (undo/).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.output import AsJson, print_json
from suining_data.display import console, folding_table
from suining_data.settings import settings

By = Annotated[str, typer.Option(help="Name of the person who decides.")]
Reason = Annotated[str, typer.Option(help="Reason. No personal value.")]


def withdraw(
    delivery: Annotated[
        str,
        typer.Argument(metavar="DELIVERY", help="Batch id, or unit/file name as in landing/: health/cs_201908.csv."),
    ],
    by: By,
    reason: Reason,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the withdrawal: the delivery counts again.")] = False,
) -> None:
    """Withdraw a delivery: its rows leave, and the batch before it counts again. Brings the bases up to date.

    Its file may stay in landing/: this content does not count until the withdrawal is undone. Another content under the same name
    does. Exit codes as of `refresh`.
    """
    from suining_data.undo import undo_withdrawal
    from suining_data.undo import withdraw as withdraw_delivery

    with _mistakes():
        function = undo_withdrawal if undo else withdraw_delivery
        outcome = function(settings(), console, delivery, by, reason)
    raise typer.Exit(outcome)


def reload(resource: Annotated[str, typer.Argument(metavar="RESOURCE", help="Id of the resource.")]) -> None:
    """Read all files of a resource in landing/ again, although they have not changed. Brings the bases up to date.

    For example after a reader was mended, or when raw/ is damaged. Exit codes as of `refresh`.
    """
    from suining_data.undo import reload as reload_resource

    with _mistakes():
        outcome = reload_resource(settings(), console, resource)
    raise typer.Exit(outcome)


def rollback(
    by: By,
    reason: Reason,
    snapshot: Annotated[
        str | None,
        typer.Argument(metavar="SNAPSHOT", help="Id of a kept snapshot, or its start. Default: the one before."),
    ] = None,
) -> None:
    """Publish a kept snapshot again, at once. The warehouse stays as it is.

    The next refresh that changes something publishes anew; one that changes nothing leaves it. `suining status` says so.
    """
    from suining_data.undo import roll_back

    with _mistakes():
        roll_back(settings(), console, snapshot, by, reason)


def snapshots(as_json: AsJson = False) -> None:
    """Show the snapshots that are kept, the newest first; SUINING_SNAPSHOTS_KEPT says how many."""
    from suining_data.publication import kept_snapshots

    kept = kept_snapshots(settings())
    if as_json:
        print_json([asdict(each) for each in kept])
        return
    if not kept:
        console.print("尚未发布 (nothing is published yet)")
        return
    table = folding_table("快照 snapshot", "发布于 published (UTC)", "批次 batches", "MB", "独占 MB alone", "")
    for each in kept:
        megabytes = (f"{size / 1e6:,.1f}" for size in (each.bytes, each.bytes_alone))
        published_at = each.published_at.removesuffix("+00:00").replace("T", " ")
        current = "现用 current" if each.is_current else ""
        table.add_row(each.run_id, published_at, f"{each.batches:,}", *megabytes, current)
    console.print(table)


@contextmanager
def _mistakes() -> Iterator[None]:
    """What cannot be done is said in one line."""
    from suining_data.undo import NotPossible

    try:
        yield
    except NotPossible as error:
        raise Mistake(str(error)) from error
