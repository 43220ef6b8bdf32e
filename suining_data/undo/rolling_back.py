"""Going back: the published data is an earlier snapshot again.

Here: which snapshot, whether it may be published, the record. Not here: the link and the snapshots
(publication/kept_snapshots.py).
"""

from rich.console import Console

from suining_data.forgetting import has_unfinished
from suining_data.linkage import back_up_registry
from suining_data.orchestration.state import open_for_refresh
from suining_data.publication import (
    MANIFEST,
    Snapshot,
    broken_files,
    go_back,
    kept_snapshots,
    published_manifest,
    record_rollback,
    sign,
)
from suining_data.settings import Settings
from suining_data.undo.errors import NotPossible, check_named

SEE = "见 suining snapshots"


def roll_back(settings: Settings, console: Console, run_id: str | None, by: str, reason: str) -> Snapshot:
    """Publish a kept snapshot again, by default the one before the current. Returns it. Raises NotPossible."""
    by, reason = check_named(by, reason)
    with open_for_refresh(settings, console.print) as con:
        target = _target(kept_snapshots(settings), run_id)
        if has_unfinished(settings):
            raise NotPossible(
                "有人员的遗忘尚未完成，早先的快照可能仍有此人：请先再次运行 suining forget "
                "(the forgetting of a person is not finished, and earlier snapshots may have the person: run `suining forget` again first)"
            )
        folder = settings.published / "snapshots" / target.run_id
        manifest = published_manifest(con, folder)
        broken = [*broken_files(folder, manifest)] if manifest else [MANIFEST]
        if broken:
            raise NotPossible(
                f"{target.run_id}: 快照不完整（{broken[0]} 等 {len(broken)} 个文件），未作改动；请另选，{SEE} "
                "(files of this snapshot are missing or changed, so nothing was done: choose another one)"
            )
        sign(settings, folder)  # it may be from before the key
        rollback = record_rollback(con, settings, target.run_id, by, reason)
        back_up_registry(con, settings)
        go_back(settings, rollback)
    console.print(
        f"已退回 {target.published_at} 发布的快照 {target.run_id} (the published data is this snapshot again)\n"
        "库中数据未变：下一次有变化的更新会重新发布。错误的来件请用 suining withdraw 撤回 "
        "(the warehouse is unchanged, and the next refresh that changes something publishes it: withdraw a wrong delivery)"
    )
    return target


def _target(kept: list[Snapshot], run_id: str | None) -> Snapshot:
    """The snapshot that is meant: by its id or the start of it, or the one before the current."""
    current = next((n for n, snapshot in enumerate(kept) if snapshot.is_current), None)
    if current is None:
        raise NotPossible("尚未发布 (nothing is published yet)")
    if run_id is None:
        if current + 1 == len(kept):
            raise NotPossible(f"没有更早的快照，{SEE} (no earlier snapshot is kept: `suining snapshots` lists them)")
        return kept[current + 1]
    found = [snapshot for snapshot in kept if snapshot.run_id.startswith(run_id)]
    if len(found) != 1:
        raise NotPossible(
            f"{run_id}: 保留的快照中有 {len(found)} 个符合，{SEE} (so many kept snapshots have this id: `suining snapshots` lists them)"
        )
    if found[0].is_current:
        raise NotPossible(f"{run_id}: 正是现在发布的快照 (this snapshot is the published one)")
    return found[0]
