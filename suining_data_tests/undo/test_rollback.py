"""`suining rollback`, `snapshots` and `reload`, and all of it as Dagster jobs."""

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.forgetting.known import unfinished_file
from suining_data.undo.jobs import reload_job, rollback_job, withdraw_job
from suining_data_tests.end_to_end.published import is_whole
from suining_data_tests.undo.conftest import DELTA, FULL, WHO, Desk


def kept(desk: Desk) -> list[dict[str, object]]:
    assert desk.run("snapshots", "--json") == 0
    return list(json.loads(desk.output))


def current(desk: Desk) -> list[bool]:
    return [bool(each["is_current"]) for each in kept(desk)]


def batches(desk: Desk) -> list[tuple[object, ...]]:
    return desk.published("select file_name from governance.batch order by all")


def rollback_shown(desk: Desk) -> object:
    assert desk.run("status", "--json") == 0
    return json.loads(desk.output)["rollback"]


def test_an_unchanged_refresh_leaves_a_rollback_and_one_with_changes_publishes_anew(desk: Desk) -> None:
    assert (current(desk), rollback_shown(desk)) == ([True, False], None)
    assert desk.run("snapshots") == 0
    assert desk.output.count("现用 current") == 1
    assert desk.run("rollback", *WHO) == 0, desk.output
    assert batches(desk) == [("dj_1.csv",), ("ry_1.csv",)]
    desk.refresh()
    assert "没有变化" in desk.output
    assert "已退回早先的快照" in desk.output
    assert (current(desk), batches(desk)) == ([False, True], [("dj_1.csv",), ("ry_1.csv",)])
    shown = rollback_shown(desk)
    assert isinstance(shown, dict)
    assert (shown["rolled_back_by"], shown["reason"]) == ("王主任", "文件交错")
    desk.withdraw("public_security/dj_2.csv")
    assert "的退回（文件交错）已结束" in desk.output
    assert (current(desk), rollback_shown(desk)) == ([True, False, False], None)
    assert (desk.staged(FULL.id), desk.staged(DELTA.id)) == (40, 42)
    assert is_whole(desk.settings.published)
    assert desk.published("select rolled_back_by, reason from governance.rollback") == [("王主任", "文件交错")]
    with duckdb.connect(str(desk.settings.registry_backup), read_only=True) as copy:
        assert copy.sql("select count(*) from rollback").fetchall() == [(1,)]
        assert copy.sql("select count(*) from withdrawal").fetchall() == [(1,)]


def test_what_cannot_be_published_again_is_said_in_one_line(desk: Desk) -> None:
    newest, oldest = (str(each["run_id"]) for each in kept(desk))
    unfinished = unfinished_file(desk.settings, "P1")
    unfinished.write_text("{}", encoding="utf-8")
    assert said(desk) == "有人员的遗忘尚未完成"
    unfinished.unlink()
    file = desk.settings.published / "snapshots" / oldest / "suining.duckdb"
    file.write_bytes(file.read_bytes()[:-1])
    assert said(desk, oldest[:8]).startswith(f"{oldest}: 快照不完整")
    assert said(desk, newest).endswith("正是现在发布的快照")
    assert said(desk, "no").startswith("no: 保留的快照中有 0 个符合")
    assert current(desk) == [True, False]
    assert desk.run("rollback", "--by", "王主任", "--reason", " ") == 1


def said(desk: Desk, *snapshot: str) -> str:
    """The first words of what a rollback is refused with."""
    assert desk.run("rollback", *snapshot, *WHO) == 1
    assert len(desk.output.strip().splitlines()) == 1
    return desk.output.split("，")[0].split(" (")[0]


NAMES = f"select min(name), count(distinct name)::int from staged.{FULL.id}"


def names(desk: Desk) -> list[tuple[object, ...]]:
    with duckdb.connect(str(desk.settings.warehouse), read_only=True) as con:
        return con.sql(NAMES).fetchall()


def damage(desk: Desk) -> Path:
    """Every row of the current full delivery gets one name, raw and staged: no date or size tells."""
    file = desk.settings.raw / FULL.id / f"{desk.batch('dj_2.csv')}.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (select * replace ('张三' as xm) from '{file}') to '{file}.new' (format parquet)")
    Path(f"{file}.new").replace(file)
    with duckdb.connect(str(desk.settings.warehouse)) as con:
        con.execute(f"update staged.{FULL.id} set name = '张三'")
        con.execute("update governance.table_state set input_digest = '' where starts_with(table_name, 'staged.')")
    return file


def test_reloaded_files_are_read_again_and_what_follows_from_them_is_written_anew(desk: Desk) -> None:
    sound, is_sound = (desk.settings.raw / FULL.id / f"{desk.batch('dj_2.csv')}.parquet").read_bytes(), names(desk)
    file = damage(desk)
    assert desk.run("refresh") == 1
    assert f"mv {file}" in desk.output, "what was changed is not read"
    assert names(desk) == [("张三", 1)]
    assert desk.run("reload", FULL.id) == 0, desk.output
    assert "2 个文件" in desk.output
    assert (file.read_bytes(), names(desk)) == (sound, is_sound)
    assert desk.staged(FULL.id) == 42
    assert desk.run("reload", "health__nothing") == 1
    assert "目录中没有 health__nothing" in desk.output


def run(job: dg.JobDefinition, op: str, config: dict[str, object]) -> dg.ExecuteInProcessResult:
    return job.execute_in_process(
        run_config={"ops": {op: {"config": config}}}, instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
    )


def test_the_jobs_do_what_the_commands_do(desk: Desk) -> None:
    who = {"by": "王主任", "reason": "文件交错"}
    withdrawal = {"delivery": "public_security/dj_2.csv", **who}
    assert run(withdraw_job, "withdraw_delivery", withdrawal).success
    assert desk.staged(FULL.id) == 40
    assert run(withdraw_job, "withdraw_delivery", {**withdrawal, "undo": True}).success
    assert desk.staged(FULL.id) == 42
    assert run(reload_job, "reload_resource", {"resource": FULL.id}).success
    assert run(rollback_job, "roll_back_published", dict(who)).success
    assert current(desk)[0] is False
    failed = run(withdraw_job, "withdraw_delivery", {**withdrawal, "delivery": "nothing"})
    assert not failed.success
    [failure] = [event for event in failed.all_events if event.is_step_failure]
    assert "没有这个来件" in str(failure.step_failure_data.user_failure_data.description)


@pytest.mark.parametrize("name", ["withdraw", "reload", "rollback"])
def test_dagster_loads_the_jobs(name: str) -> None:
    from suining_data.definitions import defs

    job = defs.resolve_job_def(name)
    assert job.executor_def.name == "in_process"
    assert job.description
