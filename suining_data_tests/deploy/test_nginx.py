"""What nginx lets through to Dagster: a real nginx with the project's configuration, before an upstream that records."""

import base64
import http.client
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from suining_data.settings import PROJECT

FOLDER = PROJECT / "deploy" / "nginx"
NAME, VIEWER = "data.example", "view.data.example"
MUTATION = "/graphql?query=mutation%7BlaunchRun%7D"
WEBSOCKET = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/suining.conf;
}}
"""
pytestmark = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx (Debian: nginx-light) and openssl"
)


class Upstream(ThreadingHTTPServer):
    """In Dagster's place: answers everything, opens every websocket, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        assert isinstance(self.server, Upstream)
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_websocket = self.headers.get("Upgrade", "").lower() == "websocket"
        self.send_response(101 if is_websocket else 200)
        if is_websocket:
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.close_connection = True
        else:
            self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class Front:
    """A running nginx, and the two upstreams behind it."""

    folder: Path
    webserver: Upstream = field(default_factory=Upstream)
    viewer: Upstream = field(default_factory=Upstream)
    tls: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)

    def configure(self) -> None:
        changes = {
            "443 ssl": f"127.0.0.1:{self.tls} ssl",
            "listen 80": f"listen 127.0.0.1:{self.plain}",
            "127.0.0.1:3000": f"127.0.0.1:{self.webserver.port}",
            "127.0.0.1:3001": f"127.0.0.1:{self.viewer.port}",
            "/etc/nginx/": f"{self.folder}/",
        }
        for name in ("suining.conf", "suining-proxy.inc"):
            text = (FOLDER / name).read_text(encoding="utf-8")
            for before, after in changes.items():
                text = text.replace(before, after)
            (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / "suining-duty.htpasswd").write_text("duty:{PLAIN}secret\n", encoding="utf-8")
        (self.folder / "suining-view.htpasswd").write_text("looker:{PLAIN}secret\n", encoding="utf-8")
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder), encoding="utf-8")
        certificate = ["-keyout", self.folder / "suining.key", "-out", self.folder / "suining.crt"]
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subject = ["-subj", f"/CN={NAME}"]
        subprocess.run(["openssl", "req", "-x509", *curve, *subject, *certificate], check=True, capture_output=True)

    def asks(
        self, method: str, path: str, user: str | None = "duty", host: str = NAME, **headers: str
    ) -> http.client.HTTPResponse:
        """The answer to one request, without its body."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, context=context, timeout=10)
        login = {"Authorization": "Basic " + base64.b64encode(f"{user}:secret".encode()).decode()} if user else {}
        connection.request(method, path, headers={"Host": host, **login, **headers})
        answer = connection.getresponse()
        connection.close()
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    front = Front(tmp_path_factory.mktemp("nginx"))
    front.configure()
    command = ["nginx", "-p", front.folder, "-e", front.folder / "error.log", "-c", front.folder / "nginx.conf"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(100):
            if process.poll() is not None:
                pytest.fail(process.stderr.read() if process.stderr else "")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", front.tls)) == 0:
                    break
            time.sleep(0.1)
        yield front
        process.terminate()
    front.webserver.shutdown()
    front.viewer.shutdown()


@pytest.mark.parametrize("path", [MUTATION, "/%67raphql?query=x", "//graphql?query=x", "/graphql/?query=x", "/graphql"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_graphql_takes_no_get(front: Front, method: str, path: str) -> None:
    before = len(front.webserver.asked)
    assert front.asks(method, path).status == 405
    assert len(front.webserver.asked) == before


@pytest.mark.parametrize("path", ["/report_asset_materialization/a", "/", "/graphql/x"])
def test_nothing_but_graphql_takes_a_post(front: Front, path: str) -> None:
    assert front.asks("POST", path).status == 405


def test_the_interface_works(front: Front) -> None:
    assert front.asks("GET", "/runs?view=all").status == 200
    assert front.webserver.asked[-1][:2] == ("GET", "/runs?view=all")
    assert front.asks("POST", "/graphql?op=RunsQuery", Origin=f"https://{NAME}").status == 200
    assert front.webserver.asked[-1][:2] == ("POST", "/graphql?op=RunsQuery")
    assert front.asks("POST", "/graphql").status == 200  # a program


def test_a_websocket_of_the_interface_is_opened(front: Front) -> None:
    assert front.asks("GET", "/graphql", Origin=f"https://{NAME}", **WEBSOCKET).status == 101


def test_no_mutation_travels_in_the_address_of_a_websocket(front: Front) -> None:
    assert front.asks("GET", MUTATION, **WEBSOCKET).status == 101
    assert front.webserver.asked[-1][1] == "/graphql"


@pytest.mark.parametrize("origin", ["https://evil.example", f"http://{NAME}", f"https://{NAME}.evil.example", "null"])
def test_a_page_of_another_server_may_not_send(front: Front, origin: str) -> None:
    assert front.asks("POST", "/graphql", Origin=origin).status == 403
    assert front.asks("GET", "/graphql", Origin=origin, **WEBSOCKET).status == 403


@pytest.mark.parametrize("host", ["evil.example", f"{NAME}.evil.example", "127.0.0.1", "localhost"])
def test_another_host_is_refused(front: Front, host: str) -> None:
    assert front.asks("GET", "/", host=host).status == 421
    assert front.asks("POST", "/graphql", host=host, Origin=f"https://{host}").status == 421


def test_without_login_nothing_is_answered(front: Front) -> None:
    assert front.asks("GET", "/", user=None).status == 401
    assert front.asks("POST", "/graphql", user="stranger").status == 401
    assert front.asks("GET", "/graphql", user=None, **WEBSOCKET).status == 401


def test_the_viewer_has_its_own_name_and_users(front: Front) -> None:
    assert front.asks("GET", "/", user="looker", host=VIEWER).status == 200
    assert front.viewer.asked[-1][:2] == ("GET", "/")
    assert front.asks("GET", "/", user="looker").status == 401


def test_the_password_stays_at_the_door(front: Front) -> None:
    front.asks("GET", "/")
    assert "Authorization" not in front.webserver.asked[-1][2]


@pytest.mark.parametrize(("host", "status"), [(NAME, 301), (VIEWER, 301), ("evil.example", None)])
def test_without_tls_one_is_sent_to_it(front: Front, host: str, status: int | None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    connection.request("GET", "/runs", headers={"Host": host})
    if status is None:
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
    else:
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (status, f"https://{host}/runs")
    connection.close()
