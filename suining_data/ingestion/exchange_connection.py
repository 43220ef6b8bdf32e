"""The connection to the exchange database: what the server has to prove, how long it may take, why it failed.

Here: everything that is asked of a server before a query reads anything. Not here: the queries (exchange_table.py), what is
done when there is no connection (fetching.py).

Whoever answers has to show a certificate of the authority in `sslrootcert` for the host in the address, and to prove by
SCRAM that it knows the password, which is never sent to it. Each of these is given up only by its name in
SUINING_EXCHANGE_INSECURE (exchange_waivers.py). A Unix socket stays on this machine and has no TLS; SCRAM holds there, too.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import QueryCanceled, _WaitTimeout

from suining_data.ingestion.exchange_waivers import login_methods, ssl_mode
from suining_data.ingestion.reading import Notice
from suining_data.settings import ExchangeWaiver, Settings

CONNECT_SECONDS = 10
GRACE_SECONDS = 10  # the server ends a statement at its limit; one that does not even do that gets so much more
# The text of a value has one form, whatever the server's settings are. A time with zone is given in Chinese time.
SESSION = "-c timezone=Asia/Shanghai -c datestyle=ISO,YMD -c intervalstyle=iso_8601 -c extra_float_digits=1"
# a dead server or a cut network is noticed within two minutes, also while nothing is sent
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 60,
    "keepalives_interval": 10,
    "keepalives_count": 5,
    "tcp_user_timeout": 60_000,
}
# what libpq says after "failed: " -> what is missing, what the server's side should do, and the name that goes on without it
CAUSES: tuple[tuple[str, str, str, ExchangeWaiver], ...] = (
    (
        "server does not support SSL",
        "服务器不提供 TLS。请交付方启用 TLS（ssl = on）",
        "the server offers no TLS. Ask for ssl = on",
        "tls",
    ),
    (
        "(could not read )?root certificate file",
        "读不到核验服务器证书用的 CA 证书。请在 SUINING_EXCHANGE_DSN 中写明 sslrootcert=文件",
        "there is no readable certificate of the authority to check the server with. Name its file as sslrootcert in "
        "SUINING_EXCHANGE_DSN",
        "certificate",
    ),
    (
        "SSL error: certificate verify failed",
        "服务器证书不是 sslrootcert 中的 CA 签发的，或不在有效期内。请交付方更换证书，或改正 sslrootcert",
        "the server's certificate is not of the authority in sslrootcert, or has expired. Ask for another one, or correct "
        "sslrootcert",
        "certificate",
    ),
    (
        "server certificate for .* does not match host name|host name must be specified",
        "服务器证书不是 SUINING_EXCHANGE_DSN 中这一主机名的。请改用证书上的主机名，或请交付方更换证书",
        "the server's certificate is for another host than SUINING_EXCHANGE_DSN names. Use the name in the certificate, or "
        "ask for another one",
        "host_name",
    ),
    (
        "server requested a cleartext password",
        "服务器要求明文密码，密码没有发出。请交付方改用 scram-sha-256",
        "the server asks for the password in clear, and was not told it. Ask for scram-sha-256",
        "cleartext_password",
    ),
    (
        "server requested a hashed password",
        "服务器要求 MD5 密码，密码没有发出。请交付方改用 scram-sha-256",
        "the server asks for the password by MD5, and was not told it. Ask for scram-sha-256",
        "md5",
    ),
    (
        "server did not complete authentication",
        "服务器不要求密码，无法证明它就是交换库。请交付方改用 scram-sha-256",
        "the server asks for no password, so nothing proves that it is the exchange database. Ask for scram-sha-256",
        "no_password",
    ),
)


class Unreachable(Exception):
    """The exchange database does not answer, is not trusted, or stopped answering during the fetch.

    `is_lasting`: trying again at once does not help, and `cause` says what does.
    """

    def __init__(self, cause: Notice | None = None) -> None:
        super().__init__(f"{cause.zh} ({cause.en})" if cause else "")
        self.cause = cause

    @property
    def is_lasting(self) -> bool:
        """Whether trying again at once cannot help."""
        return self.cause is not None


@contextmanager
def connected(settings: Settings) -> Iterator[psycopg.Connection]:
    """A read-only connection that sees one snapshot of the database. Its errors never contain the address."""
    assert settings.exchange_dsn is not None
    try:
        connection = _Connection.connect(settings.exchange_dsn.get_secret_value(), **_demands(settings))
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise Unreachable(_refusal(str(error))) from None
    connection.longest = settings.exchange_seconds + GRACE_SECONDS
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        yield connection
    except (QueryCanceled, _WaitTimeout):
        raise Unreachable(_too_slow(settings.exchange_seconds)) from None
    except psycopg.OperationalError:
        raise Unreachable from None
    finally:
        connection.close()


class _Connection(psycopg.Connection[Any]):
    """A connection that waits only so many seconds for any answer."""

    longest: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval=interval, timeout=timeout or self.longest)
        except _WaitTimeout:
            self.close()  # what it has not answered yet would be taken for the answer to the next query
            raise


def _demands(settings: Settings) -> dict[str, Any]:
    """Options of libpq. They win over the same options in the address and in the environment."""
    mode = ssl_mode(settings)
    # with a file of an authority, sslmode=require checks the certificate after all
    no_authority = {"sslrootcert": ""} if mode == "require" else {}
    milliseconds = round(settings.exchange_seconds * 1000)
    return {
        "sslmode": mode,
        **no_authority,
        "gssencmode": "disable",  # it would take the place of TLS
        "require_auth": login_methods(settings),
        "connect_timeout": CONNECT_SECONDS,
        "options": f"{SESSION} -c statement_timeout={milliseconds}",
        "application_name": "suining_data",
        **KEEPALIVES,
    }


def _refusal(said: str) -> Notice | None:
    """Why a connection was refused for its safety; None for any other reason. `said` may have the address: it is not shown."""
    for shape, zh, en, name in CAUSES:
        if re.search(f"failed: ({shape})", said):
            return Notice(
                f"{zh}；确知风险仍要连接，设 SUINING_EXCHANGE_INSECURE={name}。",
                f"{en}; to connect all the same, knowing the risk, set SUINING_EXCHANGE_INSECURE={name}.",
            )
    return None


def _too_slow(seconds: float) -> Notice:
    return Notice(
        f"一条查询在 {seconds:g} 秒内没有答复，或被管理员取消。请交付方为水位列建索引，或调大 SUINING_EXCHANGE_SECONDS。",
        f"a query had no answer within {seconds:g} seconds, or an administrator cancelled it. Ask for an index on the column of "
        "the watermark, or raise SUINING_EXCHANGE_SECONDS.",
    )
