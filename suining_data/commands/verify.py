"""`suining verify`: all files and tables are those that were written; and with --rebuild, a rebuild on the side equals the warehouse.

Here: the command and what it prints. Not here: the proofs (verification/).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.display import console
from suining_data.settings import settings

if TYPE_CHECKING:
    from suining_data.verification import Checked


def verify(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Also rebuild everything on the side: takes as long as a whole refresh.")
    ] = False,
    snapshot: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Check only this published folder, or a copy of it.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Public key (PEM) of who must have signed what is published.")
    ] = None,
) -> None:
    """Check that every file and table from landing/ to published/ is the one that was written.

    Exit code 0: all are. 1: the lines name what differs, and what to run.
    """
    from suining_data.verification import Checked, NotRecorded, check, check_snapshot

    if snapshot:
        if rebuild:
            raise Mistake("--snapshot、--rebuild: 只能二选一 (choose one of the two)")
        checked = Checked()
        current = snapshot / "current"
        check_snapshot(checked, current.resolve() if current.exists() else snapshot, public_key)
    else:
        try:
            checked = check(settings(), public_key)
        except NotRecorded as error:
            raise Mistake(str(error)) from error
    differs = _print(checked)
    if rebuild:
        differs = _rebuild() or differs
    if differs:
        raise typer.Exit(1)


def _print(checked: "Checked") -> bool:
    """Print what was found; whether something differs."""
    for note in checked.notes:
        console.print(note)
    for finding in checked.findings:
        console.print(f"✗ {finding}", style="red")
    compared = "  ".join(f"{stage} {number:,}" for stage, number in checked.compared.items())
    if checked.findings:
        console.print(f"已核对 {compared}：{len(checked.findings)} 处不符 (compared; so many differ)", style="bold red")
    else:
        console.print(f"已核对 {compared}：均与写入时相同 (compared: all are as they were written)")
    return bool(checked.findings)


def _rebuild() -> bool:
    from suining_data.orchestration.pipeline import pipeline
    from suining_data.verification import NotCurrent
    from suining_data.verification import verify as prove

    try:
        differences = prove(settings(), pipeline())
    except NotCurrent as error:
        raise Mistake(str(error)) from error
    for each in differences:
        console.print(f"✗ {each}", style="red")
    if not differences:
        console.print("重建与现有各表一致 (the rebuild equals the warehouse)")
    return bool(differences)
