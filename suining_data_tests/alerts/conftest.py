"""A webhook on loopback that writes down what it was sent, and a data folder of its own for every test."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from suining_data.alerts import webhook
from suining_data.settings import Settings, settings

TOKEN, SECRET = "f00dfacef00dface", "SECmadeUpForTests"
TAKEN = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Receiver:
    """What was sent: the path with its query, and the body. `answers` are given one after the other, then TAKEN."""

    port: int = 0
    answers: list[tuple[int, Any]] = field(default_factory=list)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/robot/send?access_token={TOKEN}"

    @property
    def texts(self) -> list[str]:
        """The texts of the messages that were taken."""
        return [body["markdown"]["text"] for body in self.taken]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.sent.append((self.path, body))
            status, answer = state.answers.pop(0) if state.answers else (200, TAKEN)
            if status == 200 and answer == TAKEN:
                state.taken.append(body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/login")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(TAKEN).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield state
        server.shutdown()


@pytest.fixture
def data(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a data folder whose alerts go to the receiver; nobody waits between attempts."""
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    monkeypatch.setenv("SUINING_ALERT_WEBHOOK", receiver.url)
    monkeypatch.setenv("SUINING_ALERT_SECRET", SECRET)
    monkeypatch.setenv("SUINING_UI_URL", "https://si4ku.example/")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(webhook, "PAUSES", (0, 0, 0))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()
