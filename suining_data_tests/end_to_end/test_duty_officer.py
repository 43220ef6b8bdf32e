"""The first minute of the day: what failed last night, whose delivery and which lines, run it again. As a person clicks.

Here: clicks on what a person reads, from the start page of Dagster's interface, in a real browser. Not here: how runs start
(test_on_duty.py), every reason for a refusal (refusals/).
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from suining_data.settings import Settings
from suining_data_tests.end_to_end import nights
from suining_data_tests.end_to_end.on_duty import OnDuty, until

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")
MINUTE = 60  # seconds
TURNS = 10  # of the wheel
LONGEST = 60_000  # milliseconds that the browser waits for something to appear
POLICE = "public_security"
DAMAGED, NEXT = "jzdj_201907.jsonl", "jzdj_201909.jsonl"  # residence registrations
NUMBER = re.compile(rb"(?<!\d)\d{11,17}[\dXx]?(?!\d)")
UNDER_WAY = re.compile("^(Queued|Starting|Started|Success)$")
RUNS, RUN = re.compile("^Runs$"), re.compile("^[0-9a-f]{8}$")  # the page, a run on it


class Officer:
    """Somebody who opens the interface in the morning; every click is counted and shown in a picture."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page, self.pictures, self.clicks = page, pictures, 0
        self.began = time.monotonic()
        page.goto(address)

    def clicks_on(self, what: Locator) -> None:
        what.first.click()
        self.clicks += 1

    def link(self, text: re.Pattern[str]) -> Locator:
        return self.page.get_by_role("link").filter(has_text=text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def reads(self, *texts: str | re.Pattern[str]) -> None:
        """All of them stand on the page, where the eye falls."""
        for text in texts:
            expect(self.page.get_by_text(text).last).to_be_in_viewport()

    def scrolls_up_to(self, text: str) -> None:
        """In the log of a run, which opens at its end; a few turns of the wheel."""
        self.page.get_by_text("RUN_FAILURE").last.hover()
        for _ in range(TURNS):
            with suppress(AssertionError):
                expect(self.page.get_by_text(text).last).to_be_in_viewport(timeout=500)
                break
            self.page.mouse.wheel(0, -100)

    def found(self, picture: str, clicks: int) -> None:
        """The answer, with at most so many clicks and within a minute."""
        took = time.monotonic() - self.began
        self.page.screenshot(path=self.pictures / f"{picture}.png")
        assert self.clicks <= clicks
        assert took < MINUTE


def deliver_the_night(city: Settings) -> None:
    """A refused workbook, a refused CSV, a file with lines that are quarantined; and a copy in raw/ that has lost a row."""
    folder = city.landing / POLICE
    sound = folder / nights.SOUND
    (folder / nights.RENAMED).write_bytes(sound.read_bytes().replace(b"gmsfhm", b"sfzhm", 1))
    (city.landing / "civil_affairs" / nights.NO_WORKBOOK).write_text("<html>请先登录</html>", encoding="utf-8")
    (folder / nights.PUT_ASIDE).write_bytes(nights.damaged_file(sound))
    with duckdb.connect(str(city.warehouse), read_only=True) as con:
        [(batch, rows)] = con.execute(
            "select batch_id, raw_rows from governance.batch where file_name = ? and status = 'in_force'", [DAMAGED]
        ).fetchall()
    [copy] = city.raw.glob(f"*/{batch}.parquet")
    with duckdb.connect() as con:
        con.execute(f"create table row as from read_parquet('{copy}')")
        con.execute(f"copy (from row limit {rows - 1}) to '{copy}'")
    (folder / NEXT).write_bytes((folder / DAMAGED).read_bytes().splitlines(keepends=True)[0])


@pytest.fixture(scope="module")
def duty(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnDuty]:
    """The morning after: the sensor has started the run that failed; now only people start any."""
    data = tmp_path_factory.mktemp("morning") / "data"
    shutil.copytree(first_night, data, symlinks=True)
    deliver_the_night(Settings(data=data))
    duty = OnDuty(data, data.with_name("ui.log"))
    until(lambda: duty.runs("landing"))
    until(duty.is_idle)
    duty.stop()
    duty.environment["SUINING_UNATTENDED"] = "false"
    duty.start()
    yield duty
    if duty.process.poll() is None:
        duty.stop()


@pytest.fixture
def officer(duty: OnDuty, pictures: Path) -> Iterator[Officer]:
    if CHROMIUM is None:
        pytest.skip("no chromium: make browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1500, "height": 950}, locale="zh-CN")
        page.set_default_timeout(LONGEST)
        expect.set_options(timeout=LONGEST)
        yield Officer(page, f"http://127.0.0.1:{duty.port}/", pictures)
        browser.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: the folder that SUINING_PICTURES names, or a temporary one."""
    named = os.environ.get("SUINING_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_what_failed_last_night_and_why(officer: Officer) -> None:
    officer.clicks_on(officer.link(RUNS))
    officer.clicks_on(officer.link(RUN))
    officer.reads(
        "市公安局 流动人口居住登记",
        "质量关卡 rows_balance 未通过",
        f"{POLICE}/{DAMAGED} 行数不平",
        "请运行作业 reload",
        "改正后点 Re-execute all",
    )
    officer.found("what_failed", clicks=2)


def test_whose_delivery_and_which_lines(officer: Officer) -> None:
    officer.clicks_on(officer.link(RUNS))
    officer.reads("来件未采用 refused: 2")
    officer.clicks_on(officer.link(RUN))
    officer.scrolls_up_to("COLUMN_COUNT")
    officer.reads(
        f"市公安局 {POLICE}/{nights.PUT_ASIDE} 第 15、16 行 (lines 15, 16): 公民身份号码",
        f"市民政局: {nights.NO_WORKBOOK}",
        f"市公安局: {nights.RENAMED} 第 1 行: 缺少列 gmsfhm",
    )
    officer.found("whose_delivery", clicks=2)


def test_run_it_again(officer: Officer, duty: OnDuty) -> None:
    """The department has delivered the file again, with a row less."""
    file = duty.data / "landing" / POLICE / DAMAGED
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    officer.clicks_on(officer.link(RUNS))
    failed = officer.link(RUN).first.inner_text()
    officer.clicks_on(officer.link(RUN))
    officer.clicks_on(officer.button("Re-execute all"))
    expect(officer.page).not_to_have_url(re.compile(failed))
    officer.reads(UNDER_WAY)
    officer.found("run_again", clicks=3)
    until(duty.is_idle)
    again = duty.runs()[-1]
    assert again.status == "SUCCESS"
    assert again.tags["dagster/parent_run_id"].startswith(failed)
    officer.reads("RUN_SUCCESS")
    officer.page.screenshot(path=officer.pictures / "ended_right.png")
    with duckdb.connect(str((duty.data / "published" / "suining.duckdb").resolve()), read_only=True) as con:
        batches = con.execute(
            "select file_name, status from governance.batch where file_name in (?, ?) order by all", [DAMAGED, NEXT]
        ).fetchall()
    assert batches == [(DAMAGED, "in_force"), (DAMAGED, "replaced"), (NEXT, "in_force")]


def test_no_number_of_a_person_is_in_the_log(duty: OnDuty) -> None:
    """Numbers of the delivered lines that the log talks about: ids, phones."""
    files = [duty.data / "landing" / POLICE / name for name in (DAMAGED, NEXT, nights.PUT_ASIDE, nights.RENAMED)]
    numbers = {number for file in files for number in NUMBER.findall(file.read_bytes())}
    assert len(numbers) > 10
    for log in (duty.data / "dagster" / "history").rglob("*.db*"):
        content = log.read_bytes()
        assert [number for number in numbers if number in content] == []
