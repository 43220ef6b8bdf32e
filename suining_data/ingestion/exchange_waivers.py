"""What the exchange database need not prove: the names in SUINING_EXCHANGE_INSECURE.

Here: what each name means to libpq and to people. Not here: the connection (exchange_connection.py), the setting (settings.py).
"""

from dataclasses import dataclass

from suining_data.ingestion.reading import Notice
from suining_data.settings import ExchangeWaiver, Settings


@dataclass(frozen=True)
class Waiver:
    """What goes without it: a part of TLS (`ssl_mode`), or SCRAM as the only way to log in (`method`)."""

    zh: str
    en: str
    ssl_mode: str | None = None
    method: str | None = None


# of several with an ssl_mode the first counts
WAIVERS: dict[ExchangeWaiver, Waiver] = {
    "tls": Waiver("可以不加密", "the connection may be in clear", ssl_mode="prefer"),
    "certificate": Waiver("不核验服务器证书", "any certificate is taken", ssl_mode="require"),
    "host_name": Waiver("不核验证书上的主机名", "the certificate may be for another host", ssl_mode="verify-ca"),
    "md5": Waiver("接受 MD5 密码", "the password may be asked for by MD5", method="md5"),
    "cleartext_password": Waiver(
        "应对方要求发出明文密码", "the password is told to whoever asks for it", method="password"
    ),
    "no_password": Waiver("接受不要求密码的服务器", "the server need not ask for a password", method="none"),
}


def ssl_mode(settings: Settings) -> str:
    """libpq's sslmode."""
    modes = (waiver.ssl_mode for name, waiver in WAIVERS.items() if name in settings.exchange_insecure)
    return next(filter(None, modes), "verify-full")


def login_methods(settings: Settings) -> str:
    """libpq's require_auth."""
    methods = (waiver.method for name, waiver in WAIVERS.items() if name in settings.exchange_insecure)
    return ",".join(["scram-sha-256", *filter(None, methods)])


def exchange_risk(settings: Settings) -> Notice | None:
    """What is given up; None when nothing is given up, or nothing is fetched."""
    if settings.exchange_dsn is None or not settings.exchange_insecure:
        return None
    names = ",".join(settings.exchange_insecure)
    waived = [WAIVERS[name] for name in settings.exchange_insecure]
    return Notice(
        f"交换库连接未受完整保护：SUINING_EXCHANGE_INSECURE={names}（{'；'.join(each.zh for each in waived)}）",
        "the connection to the exchange database is not fully protected: "
        f"SUINING_EXCHANGE_INSECURE={names}: {'; '.join(each.en for each in waived)}",
    )
