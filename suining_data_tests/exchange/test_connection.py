"""Whom a fetch takes for the exchange database, what it tells somebody else, and how long it waits."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from suining_data.ingestion import exchange_connection, exchange_table, fetching
from suining_data_tests.exchange.conftest import ANNA, BEN, CARL, Office, resource_of
from suining_data_tests.exchange.servers import (
    CLEARTEXT,
    MD5,
    OK,
    PASSWORD,
    Impostor,
    backends,
    freeze,
    go_on,
    listening,
    tls_before,
)

HOST = "exchange.example"
NOW = datetime.now(UTC)
NINE, TEN, ELEVEN = (f"2019-08-14 {hour}:00:00+08" for hour in ("09", "10", "11"))
PEOPLE = ((1, ANNA, "安娜", NINE), (2, BEN, "本", TEN), (3, CARL, "卡尔", ELEVEN))
READ = "read"  # outcome of a fetch that has read the table


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A throw-away authority, and the file of its certificate."""
    authority, file = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.crt"
    authority.cert_pem.write_to_path(str(file))
    return authority, file


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def certificate(authority: trustme.CA, kind: str) -> trustme.LeafCert:
    """A certificate for a server: good, expired, early, of another authority, for another host."""
    day = timedelta(days=1)
    if kind == "expired":
        return authority.issue_cert(HOST, not_before=NOW - 9 * day, not_after=NOW - day)
    if kind == "early":
        return authority.issue_cert(HOST, not_before=NOW + day, not_after=NOW + 9 * day)
    if kind == "strange":
        return trustme.CA().issue_cert(HOST)
    return authority.issue_cert("other.example" if kind == "other" else HOST)


def outcome(office: Office, insecure: str = "", **address: Any) -> str:
    """READ, or the waiver that the message names, or the message, which never has the password."""
    assert office.settings.exchange_dsn
    office.settings = office.settings.model_copy(
        update={
            "exchange_dsn": SecretStr(make_conninfo(office.settings.exchange_dsn.get_secret_value(), **address)),
            "exchange_insecure": tuple(insecure.split(",")) if insecure else (),
        }
    )
    fetched = office.fetch()
    if fetched.notice is None:
        return READ
    zh, en = fetched.notice.zh, fetched.notice.en
    assert zh.startswith("交换库 exchange.")
    assert en.startswith("exchange table exchange.")
    assert PASSWORD not in zh + en
    if "SUINING_EXCHANGE_INSECURE" not in zh:
        return en.partition(": ")[2]
    in_chinese, in_english = (text.rpartition("SUINING_EXCHANGE_INSECURE=")[2].rstrip("。.") for text in (zh, en))
    assert in_chinese == in_english
    return in_english


@contextmanager
def server_with(office: Office, authority: tuple[trustme.CA, Path], kind: str) -> Iterator[dict[str, Any]]:
    """TLS before the exchange database, with such a certificate; the address of it."""
    assert office.settings.exchange_dsn
    dsn = office.settings.exchange_dsn.get_secret_value()
    with tls_before(dsn, context_of(certificate(authority[0], kind))) as port:
        yield {"host": HOST, "hostaddr": "127.0.0.1", "port": port, "sslrootcert": authority[1]}


def test_a_server_with_its_certificate_and_scram_is_read(office: Office, authority: tuple[trustme.CA, Path]) -> None:
    office.write(*PEOPLE)
    with server_with(office, authority, "good") as address:
        assert outcome(office, **address) == READ
    assert len(list(office.landing.glob("*.jsonl"))) == 1


def test_a_socket_of_this_machine_needs_scram_and_no_tls(office: Office) -> None:
    assert outcome(office) == READ


@pytest.mark.parametrize(
    ("kind", "waiver"),
    [("expired", "certificate"), ("early", "certificate"), ("strange", "certificate"), ("other", "host_name")],
)
def test_another_certificate_is_refused_unless_that_is_waived_by_name(
    office: Office, authority: tuple[trustme.CA, Path], kind: str, waiver: str
) -> None:
    others = "host_name," if waiver == "certificate" else ""
    with server_with(office, authority, kind) as address:
        assert outcome(office, **address) == waiver
        assert outcome(office, f"{others}md5,cleartext_password,no_password", **address) == waiver
        assert outcome(office, waiver, **address) == READ


@pytest.mark.parametrize("said", [{"sslmode": "disable"}, {"sslmode": "require"}, {"require_auth": "password"}])
def test_the_address_cannot_weaken_it(
    office: Office, authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    impostor = Impostor(CLEARTEXT, context_of(certificate(authority[0], "strange")))
    with listening(impostor.serve) as port:
        address = {"host": HOST, "hostaddr": "127.0.0.1", "port": port, "sslrootcert": authority[1]}
        assert outcome(office, **address, **said) == "certificate"
    assert impostor.told == b""


def test_the_file_of_the_authority_is_asked_for(office: Office, authority: tuple[trustme.CA, Path]) -> None:
    with server_with(office, authority, "good") as address:
        for file in ("", "/nowhere/ca.crt", __file__):
            assert outcome(office, **{**address, "sslrootcert": file}) == "certificate"


@pytest.mark.parametrize(
    ("asks", "waiver"),
    [(CLEARTEXT, "cleartext_password"), (MD5, "md5"), (OK, "no_password")],
    ids=["clear", "md5", "none"],
)
@pytest.mark.parametrize("has_tls", [False, True])
def test_whoever_asks_for_the_password_otherwise_does_not_get_it(
    office: Office, authority: tuple[trustme.CA, Path], asks: bytes, waiver: str, has_tls: bool
) -> None:
    impostor = Impostor(asks, context_of(certificate(authority[0], "good")) if has_tls else None)
    with listening(impostor.serve) as port:
        address = {"host": HOST, "hostaddr": "127.0.0.1", "port": port, "sslrootcert": authority[1]}
        assert outcome(office, **address) == (waiver if has_tls else "tls")
        others = ",".join({"cleartext_password", "md5", "no_password"} - {waiver})
        assert outcome(office, f"tls,{others}", **address) == waiver
    assert b"user" in impostor.told, "it was spoken to"
    assert PASSWORD.encode() not in impostor.told


def test_a_waived_password_in_clear_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above would have seen it."""
    monkeypatch.setattr(exchange_connection, "CONNECT_SECONDS", 2)  # it says nothing more
    impostor = Impostor(CLEARTEXT)
    with listening(impostor.serve) as port:
        assert outcome(office, "tls,cleartext_password", host="127.0.0.1", port=port).startswith(
            "the database does not answer"
        )
    assert PASSWORD.encode() in impostor.told


def test_a_server_that_says_nothing_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_connection, "CONNECT_SECONDS", 2)
    began = time.monotonic()
    with listening(Impostor(b"").serve) as port:
        assert outcome(office, "tls", host="127.0.0.1", port=port).startswith("the database does not answer")
    assert time.monotonic() - began < 5


def test_a_query_that_takes_too_long_is_ended_and_not_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAUSES", (60.0,))
    office.write(*PEOPLE)
    office.server.execute("create view exchange.slow as select * from exchange.czrk where pg_sleep(60) is not null")
    office.resource = resource_of(table="exchange.slow")
    office.settings = office.settings.model_copy(update={"exchange_seconds": 0.5})
    began = time.monotonic()
    said = outcome(office)
    assert said.startswith("a query had no answer within 0.5 seconds")
    assert "raise SUINING_EXCHANGE_SECONDS" in said
    assert time.monotonic() - began < 10
    while (
        backends(office.server) and time.monotonic() - began < 20
    ):  # a process of the server ends after its connection
        time.sleep(0.05)
    assert backends(office.server) == [], "the query goes on"


def test_a_server_that_stops_within_a_query_is_given_up_and_the_next_fetch_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_connection, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(fetching, "ROWS_PER_FILE", 1)
    monkeypatch.setattr(exchange_table, "ROWS_AT_ONCE", 1)
    office.write(*PEOPLE)
    office.settings = office.settings.model_copy(update={"exchange_seconds": 1.0})
    write = fetching._Landing._write
    stopped: list[int] = []

    def write_then_stop(landing: fetching._Landing, *given: object) -> None:
        write(landing, *given)  # type: ignore[arg-type]
        stopped.extend(backends(office.server))
        freeze(stopped)

    began = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(fetching._Landing, "_write", write_then_stop)
        fetched = office.fetch()
    assert time.monotonic() - began < 10
    assert stopped
    go_on(stopped)
    assert fetched.notice
    assert "已取 1 行，下次从中断处继续。一条查询在 1 秒内没有答复" in fetched.notice.zh
    assert "1 rows. The next fetch continues there: a query had no answer" in fetched.notice.en
    assert office.refresh().rows == 2
    assert office.staged() == ["卡尔", "安娜", "本"]
    assert office.account() == (3, 3, 0, 0)
