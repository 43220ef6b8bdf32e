"""Format, signature, what counts as taken, and that neither address nor secret shows in an error."""

import base64
import hashlib
import hmac
import socket
import time
import traceback
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import SecretStr

from suining_data.alerts import webhook
from suining_data.alerts.cause import Cause
from suining_data.alerts.messages import dingtalk_body, json_body
from suining_data.alerts.webhook import NotSent, send
from suining_data.settings import Settings
from suining_data_tests.alerts.conftest import SECRET
from suining_data_tests.alerts.receiver import TOKEN, Receiver

CAUSES = [
    Cause(
        "overdue",
        ("health__births",),
        "市卫生健康委员会",
        "应于 2026-11-01 前交付。请催交。",
        "due",
        "assets/a?view=checks",
    ),
    Cause("run_failed", ("1f",), "平台值班", "运行失败。", "It failed.", "runs/1f"),
]
UI = "https://si4ku.example/"


def error_of(settings: Settings) -> str:
    """All that is printed of the error of a message that was not taken: no part of the address or the secret is in it."""
    with pytest.raises(NotSent) as caught:
        send(settings, dingtalk_body(CAUSES, UI))
    printed = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in printed
    assert SECRET not in printed
    assert "sign=" not in printed
    return str(caught.value)


def test_a_robot_gets_signed_markdown(data: Settings, receiver: Receiver) -> None:
    send(data, dingtalk_body(CAUSES, UI))
    [(path, body)] = receiver.sent
    query = urlsplit(path).query
    asked = parse_qs(query, strict_parsing=True)
    assert asked["access_token"] == [TOKEN]
    [timestamp], [signature] = asked["timestamp"], asked["sign"]
    assert abs(int(timestamp) / 1000 - time.time()) < 60
    expected = base64.b64encode(hmac.digest(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256))
    assert signature.encode() == expected
    raw = query.partition("sign=")[2]
    assert not set("+/=") & set(raw), "URL-encoded"
    assert unquote(raw).encode() == expected
    assert body["msgtype"] == "markdown"
    assert body["markdown"].keys() == {"title", "text"}
    assert body["markdown"]["title"] == "遂宁市四库：运行失败、逾期未交（2 件）"


def test_a_message_says_chinese_first_whose_it_is_and_where(data: Settings) -> None:
    text = dingtalk_body(CAUSES, UI)["markdown"]["text"]
    failed, overdue = text.split("**2.")
    assert failed.index("运行失败。") < failed.index("It failed.")
    assert "市卫生健康委员会" in overdue
    assert "(https://si4ku.example/runs/1f)" in failed
    assert "(https://si4ku.example/assets/a?view=checks)" in overdue


def test_any_other_receiver_gets_json_without_a_signature(data: Settings, receiver: Receiver) -> None:
    send(data.model_copy(update={"alert_format": "json"}), json_body(CAUSES, UI))
    [(path, body)] = receiver.sent
    assert path == f"/robot/send?access_token={TOKEN}"
    assert [each["kind"] for each in body["causes"]] == ["run_failed", "overdue"]
    assert body["causes"][0] == {
        "kind": "run_failed", "key": CAUSES[1].key, "whose": "平台值班", "zh": "运行失败。", "en": "It failed.",
        "link": "https://si4ku.example/runs/1f",
    }  # fmt: skip
    assert body["more"] == 0


def test_a_burst_is_one_message(data: Settings, receiver: Receiver) -> None:
    many = [Cause("undeclared", (str(n),), "单位", "没有资源登记" * 60, "x" * 400, "assets/a") for n in range(500)]
    body = dingtalk_body(many, UI)
    assert "另有 490 件" in body["markdown"]["text"]
    assert "and 490 more" in body["markdown"]["text"]
    assert len(body["markdown"]["text"].encode()) < 20_000
    assert json_body(many, UI)["more"] == 490


def test_what_may_heal_is_tried_again_in_the_same_tick(data: Settings, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (429, {})]
    send(data, dingtalk_body(CAUSES, UI))
    assert len(receiver.sent) == 3
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("status", "answer", "said", "attempts"),
    [
        (200, {"errcode": 310000, "errmsg": "sign not match"}, "errcode 310000", 1),
        (200, {"errcode": 130101, "errmsg": "send too fast"}, "errcode 130101", 1),
        (200, {"something": "else"}, "DingTalk", 1),
        (404, {}, "HTTP 404", 1),
        (302, {}, "HTTP 302", 1),
        (500, {}, "HTTP 500", 3),
    ],
)
def test_what_is_not_taken_is_said(
    data: Settings, receiver: Receiver, status: int, answer: dict[str, object], said: str, attempts: int
) -> None:
    receiver.answers = [(status, answer)] * 3
    assert said in error_of(data)
    assert len(receiver.sent) == attempts
    assert not receiver.taken


def test_a_receiver_of_json_need_not_answer_as_dingtalk(data: Settings, receiver: Receiver) -> None:
    receiver.answers = [(200, {"something": "else"})]
    send(data.model_copy(update={"alert_format": "json"}), json_body(CAUSES, UI))
    assert len(receiver.sent) == 1


def test_nobody_listens(data: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert "ConnectionRefusedError" in error_of(with_address(data, f"http://127.0.0.1:{port}/?access_token={TOKEN}"))


def test_a_webhook_that_does_not_answer(data: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/?access_token={TOKEN}"
        assert "no answer within" in error_of(with_address(data, address))


def test_a_handshake_that_fails(data: Settings, receiver: Receiver) -> None:
    assert "SSLError" in error_of(with_address(data, receiver.url.replace("http:", "https:")))
    assert not receiver.sent


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", f"oapi.example/robot?access_token={TOKEN}", "http://", "http://x:y/", "http://a b/"],
)
def test_what_is_no_web_address_is_never_opened(data: Settings, address: str) -> None:
    assert "SUINING_ALERT_WEBHOOK" in error_of(with_address(data, address))


def test_the_settings_do_not_show_the_secrets(data: Settings) -> None:
    assert TOKEN not in repr(data)
    assert SECRET not in str(data.model_dump())


def with_address(settings: Settings, address: str) -> Settings:
    return settings.model_copy(update={"alert_webhook": SecretStr(address)})
