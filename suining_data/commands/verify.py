"""`suining verify`: a rebuild on the side equals the warehouse.

Here: the command and what it prints. Not here: the proof (verification/).
"""

import typer

from suining_data.commands.errors import Mistake
from suining_data.display import console
from suining_data.settings import settings


def verify() -> None:
    """Rebuild everything from landing/ and the registry on the side, and compare: takes as long as a whole refresh.

    Exit code 0: the same. 1: tables differ, and the last lines name them.
    """
    from suining_data.orchestration.pipeline import pipeline
    from suining_data.verification import NotCurrent
    from suining_data.verification import verify as prove

    try:
        differences = prove(settings(), pipeline())
    except NotCurrent as error:
        raise Mistake(str(error)) from error
    for each in differences:
        console.print(f"✗ {each}", style="red")
    if differences:
        raise typer.Exit(1)
    console.print("重建与现有各表一致 (the rebuild equals the warehouse)")
