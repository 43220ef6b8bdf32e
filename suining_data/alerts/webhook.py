"""Sending a message to a webhook.

Here: the signature of DingTalk, the request, trying again, what counts as taken. Not here: what the message says
(messages.py), when it is sent (sensors.py).

The standard library sends it, because its client logs nothing: the address has a token.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote_plus, urlsplit

from suining_data.settings import Settings

TIMEOUT = 10  # seconds; with all attempts well below the 60 s that Dagster gives a tick
PAUSES = (0, 1, 3)  # seconds before each attempt
MOST_BYTES = 65536  # of an answer
BUSY = 429


class NotSent(RuntimeError):
    """The webhook did not take a message. Neither the address nor the secret is in the text."""

    def __init__(self, zh: str, en: str, *, may_heal: bool = False) -> None:
        super().__init__(f"告警未发出，下次再发：{zh} (the alert was not sent, the next tick sends it again: {en})")
        self.may_heal = may_heal


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET of some page, and its answer would look like success."""

    def redirect_request(self, *_: Any) -> None:
        return None


def send(settings: Settings, body: dict[str, Any]) -> None:
    """Send the message, trying again what may heal in seconds. Raises NotSent."""
    for attempt, pause in enumerate(PAUSES, 1):
        time.sleep(pause)
        try:
            return _post(settings, json.dumps(body, ensure_ascii=False).encode())
        except NotSent as error:
            if not error.may_heal or attempt == len(PAUSES):
                raise
    return None


def _post(settings: Settings, body: bytes) -> None:
    request = urllib.request.Request(_address(settings), body, {"Content-Type": "application/json; charset=utf-8"})
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
            answer = response.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        may_heal = error.code == BUSY or error.code >= http.client.INTERNAL_SERVER_ERROR
        raise NotSent(f"对方答复 HTTP {error.code}", f"HTTP {error.code}", may_heal=may_heal) from None
    except urllib.error.URLError as error:
        raise _unreachable(error.reason) from None
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # a host name that cannot be encoded
        raise _unreachable(error) from None
    if settings.alert_format == "dingtalk":
        _require_taken(answer)


def _unreachable(reason: object) -> NotSent:
    """What kept the message from arriving; only the kind of the error is shown, because its text may hold the address."""
    kind = type(reason).__name__
    if isinstance(reason, TimeoutError):
        return NotSent(
            f"{TIMEOUT} 秒内没有答复，请检查网络和代理", f"no answer within {TIMEOUT} s: check network and proxy"
        )
    if isinstance(reason, ssl.SSLError):
        return NotSent(f"TLS 证书或握手不通过 {kind}，请检查证书", f"{kind}: check the certificate of the webhook")
    return NotSent(
        f"连接不上 {kind}，请检查 SUINING_ALERT_WEBHOOK 的主机、网络和代理",
        f"{kind}: check the host of SUINING_ALERT_WEBHOOK, the network and the proxy",
        may_heal=True,
    )


def _require_taken(answer: bytes) -> None:
    """DingTalk answers 200 also when it did not take the message; then its errcode is not 0."""
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, TypeError, KeyError):
        raise NotSent("答复不是钉钉的格式，请检查地址", "the answer is not DingTalk's: check the address") from None
    if code != 0:
        raise NotSent(
            f"钉钉 errcode {json.dumps(code)}，请检查机器人的加签密钥、关键词和 IP 段",
            f"DingTalk errcode {json.dumps(code)}: check the robot's secret, keywords and addresses",
        )


def _address(settings: Settings) -> str:
    """The address of the webhook; for a robot with a secret it is signed for this moment."""
    address = settings.alert_webhook.get_secret_value() if settings.alert_webhook else ""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or not address.isascii() or not address.isprintable() or " " in address:
        raise NotSent("SUINING_ALERT_WEBHOOK 不是 http(s) 地址", "SUINING_ALERT_WEBHOOK is no http(s) address")
    secret = settings.alert_secret.get_secret_value() if settings.alert_secret else ""
    if settings.alert_format != "dingtalk" or not secret:
        return address
    timestamp = str(time.time_ns() // 1_000_000)
    return f"{address}{'&' if parts.query else '?'}timestamp={timestamp}&sign={signature(timestamp, secret)}"


def signature(timestamp: str, secret: str) -> str:
    """DingTalk's signature of a moment in milliseconds, ready for an address."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return quote_plus(base64.b64encode(digest))
