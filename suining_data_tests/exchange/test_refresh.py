"""From a table of the exchange database through a refresh into staged rows and accounts, told to whoever watches."""

import io
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from rich.console import Console

from suining_data.catalog import Catalog
from suining_data.encryption import open_database
from suining_data.ingestion.exchange_connection import Unreachable
from suining_data.orchestration import refresh
from suining_data.orchestration.automation import watermarks
from suining_data.orchestration.pipeline import steps_of
from suining_data.orchestration.refresh import Outcome
from suining_data.settings import settings
from suining_data_tests.exchange.conftest import ANNA, BEN, CARL, UNIT, Office, resource_of
from suining_data_tests.exchange.servers import OK, Impostor, listening

NINE, TEN = "2019-08-14 09:00:00+08", "2019-08-14 10:00:00+08"
Refresh = Callable[..., str]


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refresh]:
    """What `suining refresh` prints for a catalogue of one table; with the DSN in the environment."""
    office.resource = resource_of(compare_keys=True)
    catalog = Catalog((UNIT.model_copy(update={"resources": [office.resource]}),))
    steps = [step for step in steps_of(catalog, []) if step.group in ("landing", "raw", "staged")]
    monkeypatch.setattr(refresh, "pipeline", lambda: steps)
    monkeypatch.setenv("SUINING_DATA", str(office.settings.data))
    assert office.settings.exchange_dsn
    monkeypatch.setenv("SUINING_EXCHANGE_DSN", office.settings.exchange_dsn.get_secret_value())
    settings.cache_clear()

    def refreshed(expected: Outcome = Outcome.DONE) -> str:
        settings.cache_clear()
        output = io.StringIO()
        assert refresh.run_refresh(settings(), Console(file=output, width=200)) is expected
        return output.getvalue()

    yield refreshed
    settings.cache_clear()


def warehouse(office: Office, sql: str) -> list[tuple[object, ...]]:
    with open_database(office.settings.warehouse, read_only=True) as con:
        return con.sql(sql).fetchall()


ACCOUNT = "select sum(raw)::int, sum(staged)::int, sum(superseded)::int from governance.row_account"


def test_rows_of_a_table_are_fetched_staged_and_accounted_for(office: Office, run: Refresh) -> None:
    office.write((1, ANNA, "安娜", NINE), (2, BEN, "本", NINE))
    run()
    assert warehouse(office, ACCOUNT) == [(2, 2, 0)]
    office.server.execute("delete from exchange.czrk where xh = 1")
    run()
    assert warehouse(office, ACCOUNT) == [(3, 1, 2)]
    assert warehouse(office, "select name from staged.police__residents") == [("本",)]
    assert "没有变化" in run()


def test_what_is_fetched_is_kept_encrypted_where_there_is_a_key(
    office: Office, run: Refresh, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path_factory.mktemp("keys") / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32), encoding="ascii")
    monkeypatch.setenv("SUINING_KEY_FILE", str(key))
    office.write((1, ANNA, "安娜", NINE))
    run()
    office.write((2, BEN, "本", TEN))
    run()
    assert warehouse(office, ACCOUNT) == [(2, 2, 0)]
    kept = [file for folder in ("warehouse", "raw", "registry") for file in (office.settings.data / folder).rglob("*")]
    assert any(file.suffix == ".parquet" for file in kept)
    assert [file.name for file in kept if file.is_file() and ANNA.encode() in file.read_bytes()] == []


def test_a_server_that_does_not_answer_is_said_and_what_lies_there_goes_on(
    office: Office, run: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write((1, ANNA, "安娜", NINE))
    run()
    monkeypatch.setenv("SUINING_EXCHANGE_DSN", "postgresql://reader:geheim@127.0.0.1:1/exchange")
    output = run(Outcome.REFUSALS)
    assert "交换库 exchange.czrk: 连接不上" in output
    assert "does not answer" in output
    assert "geheim" not in output
    assert warehouse(office, ACCOUNT) == [(1, 1, 0)]
    [(passed, description)] = warehouse(
        office, "select has_passed, description from governance.check_result where check_name = 'exchange_read'"
    )
    assert not passed
    assert "geheim" not in str(description)


def test_a_refresh_says_what_the_exchange_database_need_not_prove(
    office: Office, run: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write((1, ANNA, "安娜", NINE))
    assert "SUINING_EXCHANGE_INSECURE" not in run()
    monkeypatch.setenv("SUINING_EXCHANGE_INSECURE", "tls,no_password")
    assert "SUINING_EXCHANGE_INSECURE=tls,no_password" in run()


def test_a_fetch_waits_for_another_run_and_says_so(office: Office, run: Refresh) -> None:
    office.write((1, ANNA, "安娜", NINE))
    holding = (
        "import sys\nfrom suining_data.settings import settings\nfrom suining_data.warehouse import open_warehouse\n"
    )
    holding += "with open_warehouse(settings()):\n    print('held', flush=True)\n    sys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", holding], stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "held\n"

        class Screen(io.StringIO):
            def write(self, text: str) -> int:
                if "正由另一次运行使用" in text:
                    assert not office.landing.exists()
                    other.stdin.close()  # the other run ends now
                return super().write(text)

        screen = Screen()
        assert refresh.run_fetch(settings(), Console(file=screen, width=500)) is Outcome.DONE
        assert f"pid {other.pid}" in screen.getvalue()
    assert len(list(office.landing.iterdir())) == 1


def test_the_latest_watermark_is_that_of_the_newest_row_of_the_past(office: Office) -> None:
    assert watermark(office) == ""
    office.write((1, ANNA, "安娜", NINE))
    office.write((2, BEN, "本", "2099-01-01 00:00:00+08"))
    first = watermark(office)
    assert first.startswith("20")
    office.write((3, CARL, "卡尔", TEN))
    assert watermark(office) > first


def test_the_sensor_says_what_the_server_fails_to_prove(office: Office) -> None:
    with listening(Impostor(OK).serve) as port:
        dsn = SecretStr(f"postgresql://reader:geheim@127.0.0.1:{port}/exchange")
        office.settings = office.settings.model_copy(update={"exchange_dsn": dsn})
        with pytest.raises(Unreachable, match=r"服务器不提供 TLS.+ \(the server offers no TLS.+INSECURE=tls") as raised:
            watermark(office)
    assert "geheim" not in str(raised.value)


def watermark(office: Office) -> str:
    """What the sensor of the exchange database sees of the table."""
    return watermarks(office.settings, [office.resource])[office.resource.id]


def test_without_a_dsn_nothing_is_fetched_and_one_line_says_so(
    office: Office, run: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write((1, ANNA, "安娜", NINE))
    monkeypatch.delenv("SUINING_EXCHANGE_DSN")
    assert "未设 SUINING_EXCHANGE_DSN，1 张库表不取数" in run()
    assert not office.landing.exists()
