"""`suining access`: who looked at a person, what somebody looked at, and whether the log is as it was written.

Here: the command, what it prints. Not here: the log and how it is judged (access/).
"""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.output import AsJson, print_json
from suining_data.commands.published import published
from suining_data.display import console, folding_table
from suining_data.settings import settings

MOST_IDS = 5  # of one look, in a table for people


def access(
    person: Annotated[
        str | None, typer.Option(metavar="ID", help="Who looked at this subject: golden id, or one of its numbers.")
    ] = None,
    who: Annotated[str | None, typer.Option(metavar="USER", help="What this user looked at.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Whether the log and the decisions are as they were written.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show who looked at whom and what for, from the access log.

    --verify names each line and decision that was changed, removed or moved; exit code 1 if there is one.
    """
    from suining_data.access import by_user, entries, of_subject, without_subjects

    if sum((person is not None, who is not None, verify)) > 1:
        raise Mistake("--person、--who、--verify 只能选一个 (choose one of --person, --who and --verify)")
    if verify:
        _verify()
    elif person is not None:
        _show(of_subject(settings(), _ids(person.strip())), as_json=as_json)
        if not as_json and (others := without_subjects(settings())):
            console.print(
                f"另有 {others:,} 次查看，其结果不含标识或号码，无法判断涉及何人：suining access --who USER "
                "(looks whose rows had no id or number: nobody knows whom they were about)"
            )
    else:
        _show(entries(settings()) if who is None else by_user(settings(), who), as_json=as_json)


def _ids(asked: str) -> set[str]:
    """The golden id that was asked for, and all ids that are this subject by the published file."""
    from suining_data.explanation import SubjectKind, find_ids, former_ids

    found = {asked}
    if (settings().published / "suining.duckdb").exists():
        with published() as con:
            for kind in SubjectKind:
                for id in find_ids(con, kind, asked):
                    found |= {id, *former_ids(con, kind, id)}
    return found


def _show(looks: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(list(looks))
        return
    table = folding_table(
        "时间 at (UTC)", "用户 user", "命令 command", "用途 purpose", "行 rows", "主体 subjects", "内容 asked"
    )
    for each in looks:
        behind = each.get("login") or each.get("sudo_user")
        ids = each.get("subjects", [])
        count = each.get("subjects_count", len(ids))
        more = f" … {count:,}" if count > min(len(ids), MOST_IDS) else ""
        table.add_row(
            each["at"].removesuffix("+00:00"),
            f"{each['user']} ({behind})" if behind else each["user"],
            each["command"] + ("（未成 failed）" if each.get("outcome") == "failed" else ""),
            each["purpose"],
            f"{each['rows']:,}",
            ", ".join(ids[:MOST_IDS]) + more,
            each.get("asked") or "",
        )
    console.print(table if table.row_count else "没有登记 (no entry)")


def _verify() -> None:
    from suining_data.access import entries, findings, tampered
    from suining_data.warehouse import read_warehouse

    if settings().warehouse.exists():
        with read_warehouse(settings()) as con:
            wrong = findings(con, settings())
    else:
        wrong = tampered(settings())
    for each in wrong:
        console.print(f"✗ {each}", style="red")
    if wrong:
        raise typer.Exit(1)
    count = sum(1 for _ in entries(settings()))
    console.print(
        f"访问日志 {count:,} 条，与判定一起未见改动 (entries: neither the log nor the decisions were tampered with)"
    )
