"""Seven nights on duty: files that are late, wrong, withdrawn, corrected, half written; a kill and a full disk.

Here: what is delivered in each night, and what must have come of it in the morning. Schedules and sensors do all the work; a
person only frees the disk and starts the job `withdraw`. Not here: how they are started and watched (on_duty.py).
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import duckdb
import pytest

from suining_data.orchestration.automation import TIMEZONE
from suining_data.settings import Settings
from suining_data_tests.alerts.receiver import Receiver, receiving
from suining_data_tests.end_to_end.commands import SUINING, environment, suining
from suining_data_tests.end_to_end.on_duty import Clock, OnDuty, Run, until
from suining_data_tests.end_to_end.published import balances, bases, contents, is_whole

pytestmark = pytest.mark.slow
SHANGHAI = ZoneInfo(TIMEZONE)
QUIET = 60  # seconds
DISK = "2g"  # of which a ballast takes all when the disk is to be full
POLICE, PROVINCE, TAXATION = "public_security", "sichuan_public_security", "taxation"
REGISTER, MOVES, TAXPAYERS = "czhjrk_20190831.csv", "hjbd_201908.csv", "nsr_20190831.txt"
LEFT = 1 << 20  # bytes that a full disk has left
SUNDAY = 6
FIRST = "first"  # folder with the data after the first refresh
A_MINUTE = 61  # seconds between two looks of a sensor
SENT_EVERY = 3  # seconds


class Week:
    """The data folder, who is on duty, and what happened."""

    def __init__(self, duty: OnDuty, clock: Clock, receiver: Receiver) -> None:
        self.duty, self.clock, self.receiver = duty, clock, receiver
        self.data = duty.data
        self.shown, self.alerted = 0, 0  # runs and messages that the log has
        self.turned = 0.0  # to what the clock was turned last, in seconds since 1970
        self.ballast = duty.data.parent / "ballast"
        self.day = (clock.now().astimezone(SHANGHAI) + timedelta(hours=4)).date()  # the first evening is to come

    def turn_to(self, hours: int, minutes: int, seconds: int = 0) -> None:
        """Turn the clock forward to a time of the day, when nothing is under way."""
        to = datetime.combine(self.day, time(hours, minutes, seconds), SHANGHAI)
        ahead = to - self.clock.now().astimezone(SHANGHAI)
        assert ahead > timedelta(), f"{to} is over"
        until(self.duty.is_idle)
        self.turned = to.timestamp()
        self.clock.turn(ahead)

    def evening(self) -> None:
        """Nine in the evening: departments deliver."""
        self.turn_to(21, 0)

    def night(self) -> None:
        """Two in the night, and what follows on a Sunday."""
        self.night_comes()
        self.night_passes()

    def night_comes(self) -> None:
        self.day += timedelta(days=1)
        self.turn_to(1, 59, 40)

    def night_passes(self) -> None:
        self.until_tick("nightly_refresh")
        if self.day.weekday() == SUNDAY:
            for schedule, hour in (("weekly_verification", 5), ("weekly_retention", 7)):
                self.turn_to(hour - 1, 59, 50)
                self.until_tick(schedule)

    def deliver(self, unit: str, name: str, content: bytes, ago: timedelta = timedelta(minutes=2)) -> None:
        """A file that was last written a while ago."""
        file = self.data / "landing" / unit / name
        file.write_bytes(content)
        self.clock.touch(file, ago)

    @contextmanager
    def sending(self, unit: str, name: str, content: bytes) -> Iterator[None]:
        """A file that is sent all the while, some bytes every few seconds, and is whole in the end."""
        half, is_over = len(content) // 2, Event()

        def send() -> None:
            size = half
            while not is_over.wait(SENT_EVERY):
                size += 1
                self.deliver(unit, name, content[:size], ago=timedelta())

        self.deliver(unit, name, content[:half], ago=timedelta())
        sender = Thread(target=send)
        sender.start()
        try:
            yield
        finally:
            is_over.set()
            sender.join()
        self.deliver(unit, name, content)

    def moves(self, first: int, rows: int) -> bytes:
        """Household changes of some people."""
        head, *lines = (self.data / "landing" / POLICE / MOVES).read_bytes().splitlines()
        return b"\n".join([head, *lines[first : first + rows]]) + b"\n"

    def register(self, share: float, *, slipped: bool = False) -> bytes:
        """The first part of the province's register; `slipped`: each with the name of the line before."""
        head, *lines = (self.data / "landing" / PROVINCE / REGISTER).read_bytes().splitlines()
        rows = [line.split(b",") for line in lines[: int(len(lines) * share)]]
        if slipped:
            names = [row[1] for row in rows]
            for row, name in zip(rows, [names[-1], *names], strict=False):
                row[1] = name
        return b"\n".join([head, *(b",".join(row) for row in rows)]) + b"\n"

    def taxpayers(self) -> bytes:
        """The register without its last firms."""
        lines = (self.data / "landing" / TAXATION / TAXPAYERS).read_bytes().splitlines()
        return b"\n".join(lines[:-2]) + b"\n"

    def until_sensor(self) -> Run:
        """Wait for the next run of the sensor of landing/, and for its retries."""
        self._until_sensor_starts()
        until(self.duty.is_idle)
        return self.duty.runs("landing")[-1]

    def _until_sensor_starts(self) -> Run:
        """After a minute, which passes at once."""
        before = len(self.duty.runs("landing"))
        self.clock.turn(timedelta(seconds=A_MINUTE))
        until(lambda: len(self.duty.runs("landing")) > before)
        return self.duty.runs("landing")[-1]

    def kill_the_next_run(self) -> str:
        """Kill the process of the sensor's next run when it has begun; the id of the run."""
        run = self._until_sensor_starts()
        os.kill(until(lambda: self.duty.run(run.id).process), signal.SIGKILL)
        until(lambda: self.duty.run(run.id).status == "FAILURE")
        until(self.duty.is_idle)
        return run.id

    def until_tick(self, schedule: str) -> None:
        """Wait for the tick of a schedule after the clock was turned, and for the run that it requests."""
        until(lambda: self._last_tick(schedule) > self.turned)
        until(self.duty.is_idle)

    def _last_tick(self, schedule: str) -> float:
        """When a schedule was evaluated last, and that has ended."""
        query = """query ($name: String!) { scheduleOrError(scheduleSelector: {scheduleName: $name,
            repositoryName: "__repository__", repositoryLocationName: "suining_data"}) {
            ... on Schedule { scheduleState { ticks(limit: 1) { timestamp status } } } } }"""
        ticks = self.duty.asked(query, name=schedule)["scheduleOrError"]["scheduleState"]["ticks"]
        return ticks[0]["timestamp"] if ticks and ticks[0]["status"] != "STARTED" else 0.0

    def until_alert(self, kind: str, about: str = "") -> None:
        """Wait until a cause of that kind was sent, with these words in its text."""
        self.clock.turn(timedelta(seconds=A_MINUTE))
        until(
            lambda: any(
                cause["kind"] == kind and about in cause["zh"]
                for body in self.receiver.taken
                for cause in body["causes"]
            )
        )

    def fill_the_disk(self) -> None:
        with self.ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.data).free - LEFT)

    def until_nothing_works(self) -> None:
        """Let the sensor try; its run fails, or nobody can even write down that it began."""
        failed = {run.id for run in self.duty.runs() if run.status == "FAILURE"}
        self.clock.turn(timedelta(seconds=A_MINUTE))
        deadline = monotonic() + 120
        while monotonic() < deadline and self.duty.process.poll() is None:
            sleep(1)
            with suppress(OSError, TypeError):  # the webserver, too, may have nothing to say
                if {run.id for run in self.duty.runs() if run.status == "FAILURE"} - failed:
                    break

    def free_the_disk(self) -> None:
        """Somebody does, in the morning; a service manager starts what has ended."""
        self.ballast.unlink()
        if self.duty.process.poll() is not None:
            print("  the daemon or the webserver ended on the full disk, and is started again")
            self.duty.start()

    def value(self, sql: str) -> object:
        """One value of the published file."""
        with duckdb.connect(str((self.data / "published" / "suining.duckdb").resolve()), read_only=True) as con:
            [(value,)] = con.execute(sql).fetchall()
        return value

    def status_of(self, file: str) -> object:
        """Of the last batch of a file."""
        return self.value(f"select max_by(status, first_seen_at) from governance.batch where file_name = '{file}'")

    def say(self, night: str) -> None:
        """Add the runs and alerts since the last line to the log."""
        print(f"\n{night} · {self.clock.now().astimezone(SHANGHAI):%a %Y-%m-%d %H:%M}")
        runs = self.duty.runs()
        for run in runs[self.shown :]:
            took = f"{run.ended - run.started:.0f} s" if run.started and run.ended else ""
            print(f"  {run.job} by {run.by}: {run.status} {took}")
        for body in self.receiver.taken[self.alerted :]:
            print(f"  alert {body['title']}")
        self.shown, self.alerted = len(runs), len(self.receiver.taken)
        people, batches = (
            self.value("select count(*) from population.person"),
            self.value("select histogram(status)::varchar from governance.batch"),
        )
        print(f"  published: {people} persons; batches {batches}")


@pytest.fixture
def small_disk(delivered: Settings, tmp_path: Path) -> Iterator[Path]:
    """The deliveries of the city on a small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mount.returncode:
        pytest.skip("only root may mount a small file system")
    shutil.copytree(delivered.data, folder / "data")
    yield folder / "data"
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def week(small_disk: Path, tmp_path: Path) -> Iterator[Week]:
    clock = Clock(tmp_path / "clock", days_ago=len(NIGHTS) + 2)
    first = subprocess.run([*SUINING, "refresh"], env={**environment(small_disk), **clock.environment}, check=False)
    assert first.returncode == 0
    shutil.copytree(small_disk, tmp_path / FIRST, symlinks=True)
    with receiving() as receiver:
        duty = OnDuty(
            small_disk,
            tmp_path / "ui.log",
            SUINING_QUIET_SECONDS=str(QUIET),
            SUINING_ALERT_WEBHOOK=receiver.url,
            SUINING_ALERT_FORMAT="json",
            no_proxy="*",
            **clock.environment,
        )
        yield Week(duty, clock, receiver)
        if duty.process.poll() is None:
            duty.stop()


def in_time(week: Week) -> None:
    """A file in time."""
    week.evening()
    week.deliver(POLICE, "hjbd_20190901.csv", week.moves(0, 3))
    assert week.until_sensor().status == "SUCCESS"
    assert week.status_of("hjbd_20190901.csv") == "in_force"
    week.night()


def wrong(week: Week) -> None:
    """A wrong file; and in the morning a register from which some people have gone."""
    week.evening()
    week.deliver(POLICE, "hjbd_20190902.csv", week.moves(3, 3).replace(b"gmsfhm", b"sfzhm"))
    week.until_sensor()
    assert week.status_of("hjbd_20190902.csv") == "refused"
    week.until_alert("refused", "hjbd_20190902.csv")
    week.night()
    week.deliver(PROVINCE, "czhjrk_20190930.csv", week.register(0.95))
    assert week.until_sensor().status == "SUCCESS"
    assert week.status_of("czhjrk_20190930.csv") == "in_force"


def corrected(week: Week) -> None:
    """The wrong file comes again, corrected."""
    week.evening()
    week.deliver(POLICE, "hjbd_20190902.csv", week.moves(3, 3))
    assert week.until_sensor().status == "SUCCESS"
    assert week.status_of("hjbd_20190902.csv") == "in_force"
    week.night()


def killed_and_overdue(week: Week) -> None:
    """The process of the run is killed; and most daily resources have not come for three days and more."""
    week.evening()
    week.deliver(POLICE, "hjbd_20190903.csv", week.moves(6, 3))
    killed = week.kill_the_next_run()
    assert week.status_of("hjbd_20190903.csv") == "in_force"
    [again] = [run for run in week.duty.runs() if run.tags.get("dagster/parent_run_id") == killed]
    assert again.status == "SUCCESS"
    week.night()
    week.until_alert("overdue")


def full_disk(week: Week) -> None:
    """The disk is full."""
    week.evening()
    published = contents(week.data / "published")
    week.deliver(TAXATION, "nsr_20190930.txt", week.taxpayers())
    week.fill_the_disk()
    week.until_nothing_works()
    assert is_whole(week.data / "published")
    assert contents(week.data / "published") == published
    week.free_the_disk()
    week.night()
    assert week.status_of("nsr_20190930.txt") == "in_force"
    if any(run.status == "FAILURE" and "dagster/will_retry" not in run.tags for run in week.duty.runs()):
        week.until_alert("run_failed")  # one that was started again needs nobody


def withdrawn_and_vanished(week: Week) -> None:
    """A register whose names slipped by a line is taken in, and withdrawn by whoever is on duty."""
    week.evening()
    week.deliver(PROVINCE, "czhjrk_20191031.csv", week.register(0.95, slipped=True))
    assert week.until_sensor().status == "SUCCESS"
    assert week.status_of("czhjrk_20191031.csv") == "in_force"
    who = {"by": "王主任", "reason": "姓名列错行"}
    run = week.duty.launch("withdraw", "withdraw_delivery", delivery=f"{PROVINCE}/czhjrk_20191031.csv", **who)
    assert run.status == "SUCCESS"
    assert week.status_of("czhjrk_20191031.csv") == "withdrawn"
    (week.data / "landing" / POLICE / "hjbd_20190901.csv").unlink()
    week.night()
    week.until_alert("vanished", "hjbd_20190901.csv")


def late_and_corrected(week: Week) -> None:
    """A file of before comes late; the vanished one comes again, with another row."""
    week.evening()
    week.deliver(PROVINCE, "czhjrk_20190815.csv", week.register(0.9))
    week.deliver(POLICE, "hjbd_20190901.csv", week.moves(0, 4))
    assert week.until_sensor().status == "SUCCESS"
    assert week.status_of("hjbd_20190901.csv") == "in_force"
    assert week.status_of("czhjrk_20190815.csv") == "superseded"
    week.until_alert("late", "czhjrk_20190815.csv")
    week.night()


def half_written(week: Week) -> None:
    """A register is still being sent while the sensor has another file refreshed."""
    week.clock.turn_to_nearly_now()
    with week.sending(PROVINCE, "czhjrk_20191130.csv", week.register(0.94)):
        week.deliver(POLICE, "hjbd_20190907.csv", week.moves(9, 3))
        assert week.until_sensor().status == "SUCCESS"
        assert week.status_of("hjbd_20190907.csv") == "in_force"
        assert week.status_of("czhjrk_20191130.csv") is None, "half a file"
    assert week.until_sensor().status == "SUCCESS"
    assert week.value("select count(*) from governance.batch where file_name = 'czhjrk_20191130.csv'") == 1
    assert week.status_of("czhjrk_20191130.csv") == "in_force"


NIGHTS = (
    in_time,
    wrong,
    corrected,
    killed_and_overdue,
    full_disk,
    withdrawn_and_vanished,
    late_and_corrected,
)


def test_a_week_by_schedule_and_sensor_alone(week: Week, tmp_path: Path) -> None:
    for part in (*NIGHTS, half_written):
        part(week)
        week.say(part.__name__)
    assert is_whole(week.data / "published")
    assert balances(week.data / "published")
    assert {"weekly_verification", "weekly_retention"} <= {
        run.by for run in week.duty.runs() if run.status == "SUCCESS"
    }
    assert week.duty.stop() == 0
    (week.data / "landing" / PROVINCE / "czhjrk_20191031.csv").unlink()
    undisturbed = tmp_path / FIRST  # it has the same golden ids
    shutil.copytree(week.data / "landing", undisturbed / "landing", dirs_exist_ok=True)
    assert suining(undisturbed, "refresh").returncode == 0
    assert bases(week.data / "published") == bases(undisturbed / "published")
