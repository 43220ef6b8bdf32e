"""`suining forget`: a person out of every time, place and copy.

Here: the command, its options, what it prints. Not here: the work (forgetting/).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.shared import NOTHING_LINKED
from suining_data.display import console
from suining_data.settings import settings

if TYPE_CHECKING:
    from suining_data.forgetting import Known
    from suining_data.forgetting.removal import InBatch
    from suining_data.forgetting.search import Search


def forget(
    person_id: Annotated[str, typer.Argument(metavar="PERSON_ID", help="Golden id of the person, also a merged one.")],
    by: Annotated[str, typer.Option(help="Name of the person who decides.")],
    reason: Annotated[str, typer.Option(help="Reason, for example the number of the decision. No personal value.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a person from every time, place and copy, and prove by search that nothing is left. It cannot be undone.

    The files in landing/ that have the person are replaced by their other rows. A row about the person in a later delivery is
    rejected. After a crash, run it again. Exit code 0: nothing is left. 1: something is left, and the last lines say where.
    """
    from suining_data.forgetting import forget as forget_person
    from suining_data.forgetting import preview

    if not by.strip() or not reason.strip():
        raise Mistake("--by、--reason: 请写明决定人和理由 (give the name of who decides, and the reason)")
    known = _known(person_id, by.strip(), reason.strip())
    if known is None:
        console.print(f"{person_id}: 已遗忘，无事可做 (forgotten before: nothing to do)")
        return
    if dry_run or not yes:
        print_preview(known, preview(settings(), known))
    if dry_run:
        return
    if not yes and not typer.confirm("确定删除？不可恢复 (remove all of this? it cannot be undone)"):
        raise Mistake("未作改动 (nothing was changed)")
    result = forget_person(settings(), known, console)
    if result.search is None:
        raise Mistake(
            "更新未完成，尚未遗忘：排除原因后再运行同一命令 (the refresh failed, so it is not finished: remove the cause and run the same command again)"
        )
    print_search(result.search)
    if not result.is_done:
        raise Mistake(
            "仍有残留，见上：请手工删除这些文件，再运行同一命令 (something is left, see above: remove these files, then run the same command again)"
        )
    console.print(
        f"{known.person_id}: 已遗忘，全部数据中已无此人 (forgotten: nothing of the person is left in the data folder)"
    )


def _known(person_id: str, by: str, reason: str) -> "Known | None":
    """What is known of the person: kept from an attempt that broke off, or read now. None if already forgotten."""
    from suining_data.forgetting import NotKnown, is_forgotten, read_known, read_unfinished
    from suining_data.orchestration.state import open_for_refresh
    from suining_data.warehouse import table_exists

    if kept := read_unfinished(settings(), person_id):
        return kept
    if not settings().warehouse.exists():
        raise Mistake(NOTHING_LINKED)
    with open_for_refresh(settings()) as con:
        if not table_exists(con, "linked.person_record"):
            raise Mistake(NOTHING_LINKED)
        if is_forgotten(con, person_id):
            return None
        try:
            return read_known(con, settings(), person_id, by, reason)
        except NotKnown as error:
            raise Mistake(f"没有标识为 {person_id} 的人员 (no person has this id)") from error


def print_preview(known: "Known", found: "list[InBatch]") -> None:
    """What would go: ids, and rows and files by resource. No values."""
    console.print(f"{known.person_id}: {len(known.ids)} 个标识 (ids), {sum(each.rows for each in found)} 行 (rows), "
                  f"{sum(each.cells for each in found)} 行中的单元格 (rows that lose cells)")  # fmt: skip
    for each in found:
        console.print(
            f"  {each.resource_id} {each.file_name}: {each.rows} 行 (rows), {each.cells} 行中的单元格 (rows that lose cells)"
        )
        for file in each.files:
            console.print(f"    {file.relative_to(settings().data)} 由其余各行替代 (is replaced by its other rows)")
    console.print(
        "另：主体登记、历史、判定中的全部内容，当前以前的快照 (also: all of registry, history and decisions, and earlier snapshots)"
    )


def print_search(search: "Search") -> None:
    """Where was looked, and what was found."""
    console.print(
        f"已检索 {search.files:,} 个文件 {search.bytes:,} 字节，其中 {search.tables:,} 张表、{search.members:,} 个压缩包成员 "
        "(files, bytes, tables and members of archives that were searched)"
    )
    for find in search.finds:
        console.print(f"✗ {find.place}: {find.kind}", style="red")
    if not search.finds:
        console.print("未发现残留 (nothing was found)")
