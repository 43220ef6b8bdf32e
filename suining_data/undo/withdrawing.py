"""Withdrawing a delivery: its rows leave, and the batch before it counts again; and undoing that.

Here: which delivery is meant, the record, the refresh that follows. Not here: the record itself (ingestion/withdrawals.py).
"""

from contextlib import suppress

from rich.console import Console

from suining_data.ingestion import Delivery, deliveries_meant, end_withdrawal, record_withdrawal
from suining_data.linkage import back_up_registry
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.orchestration.state import Connection, open_for_refresh
from suining_data.settings import Settings
from suining_data.undo.errors import NotPossible, check_named
from suining_data.warehouse import WarehouseBusy, read_warehouse


def withdraw(settings: Settings, console: Console, name: str, by: str, reason: str) -> Outcome:
    """Withdraw a delivery, named by batch id or `unit/file`, and bring the bases up to date. Raises NotPossible."""
    by, reason = check_named(by, reason)
    with open_for_refresh(settings, console.print) as con:
        delivery = _meant(con, name)
        if delivery.withdrawn_at:
            console.print(
                f"{_shown(delivery)} 已于 {delivery.withdrawn_at:%Y-%m-%d %H:%M} 撤回，不再记录 (withdrawn before; not recorded again)"
            )
        elif delivery.status == "refused":
            raise NotPossible(
                f"{_shown(delivery)} 未被采用，没有可撤回的行；请从 landing/ 移走该文件 "
                "(refused, so it has no rows to withdraw: take its file out of landing/)"
            )
        else:
            record_withdrawal(con, delivery, by, reason)
            console.print(
                f"{_shown(delivery)} 已记录撤回，{delivery.raw_rows or 0:,} 行 (withdrawn; rows of the delivery)"
            )
        back_up_registry(con, settings)
    return _refreshed(settings, console, delivery)


def undo_withdrawal(settings: Settings, console: Console, name: str, by: str, reason: str) -> Outcome:
    """Let a withdrawn delivery count again, and bring the bases up to date. Raises NotPossible."""
    by, reason = check_named(by, reason)
    with open_for_refresh(settings, console.print) as con:
        delivery = _meant(con, name, withdrawn=True)
        end_withdrawal(con, delivery, by, reason)
        back_up_registry(con, settings)
    console.print(f"{_shown(delivery)} 撤回已取消 (the withdrawal is undone)")
    return _refreshed(settings, console, delivery)


def _meant(con: Connection, name: str, *, withdrawn: bool = False) -> Delivery:
    found = deliveries_meant(con, name, withdrawn=withdrawn)
    if not found:
        which = "已撤回的来件 (withdrawn delivery)" if withdrawn else "来件 (delivery)"
        raise NotPossible(
            f'{name}: 没有这个{which}；请写批次号或 单位/文件名，见 suining query --csv "from governance.batch" '
            "(give a batch id or unit/file name; this query lists them)"
        )
    if len(found) > 1:
        several = "、".join(f"{each.resource_id} {each.batch_id}" for each in found)
        raise NotPossible(
            f"{name}: 不止一项资源有它 {several}；请写批次号 (several resources have it: give a batch id)"
        )
    return found[0]


def _shown(delivery: Delivery) -> str:
    return f"{delivery.unit_id}/{delivery.file_name}（{delivery.resource_id} {delivery.batch_id}）"


def _refreshed(settings: Settings, console: Console, delivery: Delivery) -> Outcome:
    """How the refresh ended; prints which batches of the resource count now."""
    outcome = run_refresh(settings, console)
    with suppress(WarehouseBusy), read_warehouse(settings) as con:
        names = [
            name
            for (name,) in con.execute(
                "select file_name from governance.batch where resource_id = ? and status = 'in_force' order by file_name",
                [delivery.resource_id],
            ).fetchall()
        ]
        newest = f"，最新 {names[-1]} (current batches, and the newest)" if names else " (no current batch is left)"
        console.print(f"{delivery.resource_id}: 在用 {len(names)} 批{newest}")
    return outcome
