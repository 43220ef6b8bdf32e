"""`suining confidential ...`: persons who are hidden in all that leaves the warehouse, by a decision.

Here: the commands, their options, what they print. Not here: the decisions (confidential/), hiding (publication/confidential_rows.py).
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import duckdb
import typer

from suining_data.access import Head, record
from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Purpose, looking
from suining_data.commands.output import AsJson, print_json
from suining_data.commands.shared import linked_warehouse
from suining_data.display import console, folding_table
from suining_data.settings import settings

confidential_app = typer.Typer(
    no_args_is_help=True, help="保密人员：凭决定隐去 · Persons who are hidden in every output, by a decision."
)
Id = Annotated[str, typer.Argument(metavar="PERSON_ID", help="Golden id of the person, also a merged one.")]
By = Annotated[str, typer.Option(help="Name of the person who decides.")]
Reason = Annotated[str, typer.Option(help="Number of the case, and why. No personal value.")]
Decide = Callable[[duckdb.DuckDBPyConnection, str, str, str], Head]
APART = "confidential"  # the audience of a look that is asked for apart
LATER_ZH, LATER_EN = "下一次 suining refresh 起", "from the next `suining refresh` on"


@confidential_app.command("mark")
def mark_person(person_id: Id, by: By, reason: Reason) -> None:
    """Record the decision that a person is confidential: every output hides them from the next refresh on."""
    from suining_data.confidential import mark

    _decide("confidential mark", mark, person_id, by, reason)
    console.print(f"{person_id}: 已登记，{LATER_ZH}隐去 (recorded; hidden {LATER_EN})")


@confidential_app.command("lift")
def lift_mark(person_id: Id, by: By, reason: Reason) -> None:
    """Record the decision that a person is confidential no more: the next refresh shows them again."""
    from suining_data.confidential import lift

    _decide("confidential lift", lift, person_id, by, reason)
    console.print(f"{person_id}: 已登记，{LATER_ZH}恢复显示 (recorded; shown again {LATER_EN})")


@confidential_app.command("list")
def list_persons(purpose: Purpose = None, as_json: AsJson = False) -> None:
    """Show who is confidential, by whose decision, when and why. Golden ids, no personal values; the look is logged."""
    from suining_data.confidential import confidential_persons, hidden_ids

    with linked_warehouse() as con, looking("confidential list", purpose, audience=APART) as look:
        found, hidden = confidential_persons(con), hidden_ids(con)
        look.record((id for each in found for id in each.ids), len(found))
    if as_json:
        more = ({"at": str(each.at), "is_hidden": hidden.issuperset(each.ids)} for each in found)
        print_json([asdict(each) | its for each, its in zip(found, more, strict=True)])
        return
    table = folding_table("人员 person", "时间 at", "决定人 by", "案号与理由 reason", "涵盖的标识 ids", "已隐去 hidden")
    for each in found:
        state = "是 yes" if hidden.issuperset(each.ids) else f"{LATER_ZH} {LATER_EN}"
        table.add_row(each.person_id, f"{each.at:%Y-%m-%d %H:%M}", each.by, each.reason, ", ".join(each.ids), state)
    console.print(table if found else "没有保密人员 (nobody is confidential)")


@confidential_app.command("show")
def show_person(person_id: Id, purpose: Purpose = None) -> None:
    """Show the true values of a confidential person, from the warehouse, as `suining explain person` does of others.

    The look is logged apart, with the audience confidential.
    """
    from suining_data.confidential import confidential_persons
    from suining_data.explanation import SubjectKind, explain, find_ids, print_explanation

    kind = SubjectKind.PERSON
    with linked_warehouse() as con, looking("confidential show", purpose, audience=APART) as look:
        ids = {id for each in confidential_persons(con) if person_id in each.ids for id in each.ids}
        found = [explain(con, kind, id) for id in sorted(ids) if find_ids(con, kind, id)]
        look.record(ids, sum(len(each.records) for each in found))
    if not ids:
        raise Mistake(
            f"{person_id} 不是保密人员：见 suining confidential list、suining explain person (not confidential: use the other commands)"
        )
    for each in found:
        print_explanation(each, console)


def _decide(command: str, decide: Decide, person_id: str, by: str, reason: str) -> None:
    """Add a decision to the registry, its copy, and the access log, which keeps its hash."""
    from suining_data.confidential import NotConfidential, NotKnown
    from suining_data.linkage import back_up_registry

    if not by.strip() or not reason.strip():
        raise Mistake(
            "--by、--reason: 请写明决定人、案号和理由 (give the name of who decides, the number of the case, and why)"
        )
    config = settings()
    with linked_warehouse(writing=True) as con:
        try:
            last = decide(con, person_id, by.strip(), reason.strip())
        except NotKnown as error:
            raise Mistake(f"没有标识为 {person_id} 的人员 (no person has this id)") from error
        except NotConfidential as error:
            raise Mistake(f"{person_id} 不是保密人员 (this person is not confidential)") from error
        more = {"by": by.strip(), "decision": last.number, "decision_hash": last.hash}
        record(config, command, reason, [person_id], 1, **more)
        back_up_registry(con, config)
