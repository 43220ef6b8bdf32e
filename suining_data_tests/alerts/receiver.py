"""A real HTTP server on loopback that is the webhook, and writes down what it was sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "f00dfacef00dface"
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


@contextmanager
def receiving() -> Iterator[Receiver]:
    """The receiver while its server runs."""
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
