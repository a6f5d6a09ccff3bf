"""nginx with the example configuration in front of Odoo: what reaches Odoo, what a sender can occupy, what logs say."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from setup.lib.nginx import Nginx
from setup.lib.system import free_port
from tests.simulators.common.tls import make_certificates

LIMIT = 1024 * 1024
# The limits let 200 wait and 50 a second through; all are sent within a moment, on connections that are open already.
FLOOD = 500


@dataclass(frozen=True)
class Proxy:
    """A running nginx, and the address for events behind it."""

    nginx: Nginx
    authority: str
    path: str
    key: str
    org_id: str


class Sender:
    """A platform at an address of the loopback network; it trusts the certificate of the proxy only."""

    def __init__(self, proxy: Proxy, address: str = "127.0.0.1") -> None:
        self.proxy, self.address = proxy, address
        self.context = ssl.create_default_context(cafile=proxy.authority)

    def connect(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.proxy.nginx.port), 60, (self.address, 0))
        return self.context.wrap_socket(raw, server_hostname="localhost")

    def event(self, key: str) -> bytes:
        """A body that announces a change of an object that no stream reads."""
        record = {"eventId": key, "orgId": self.proxy.org_id, "object": "Order", "recordId": "8015g00000AbCdEAAV"}
        return json.dumps(record).encode()

    def signature(self, body: bytes) -> str:
        now = str(int(time.time()))
        digest = hmac.new(self.proxy.key.encode(), f"{now}.".encode() + body, hashlib.sha256)
        return f"t={now},v1={digest.hexdigest()}"

    def head(self, body: bytes, length: int = 0) -> bytes:
        """The head of a signed request, which announces the body, or another length."""
        lines = [
            f"POST {self.proxy.path} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Content-Length: {length or len(body)}",
            f"X-Retail-Sync-Signature: {self.signature(body)}",
        ]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> int:
        """Send a request as it is; its status."""
        connection = http.client.HTTPSConnection("localhost", self.proxy.nginx.port, timeout=60)
        with contextlib.closing(connection):
            connection.sock = self.connect()
            connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            return connection.getresponse().status

    def send(self, body: bytes, **headers: str) -> int:
        """Send a signed body; its status."""
        return self.ask("POST", self.proxy.path, body, **{"X-Retail-Sync-Signature": self.signature(body), **headers})


def status(connection: ssl.SSLSocket) -> int:
    """The status of the answer to a request that was sent by hand."""
    return int(connection.makefile("rb").readline().split()[1])


def reached_odoo(proxy: Proxy) -> int:
    """How many requests the proxy handed on so far: their lines end with Odoo's status."""
    lines = proxy.nginx.access_log.read_text().splitlines()
    return sum(not line.endswith(" -") for line in lines)


@pytest.fixture(scope="module")
def proxy(both, tmp_path_factory) -> Iterator[Proxy]:
    """nginx in front of the server of this folder, and a connection that takes signed events."""
    folder = tmp_path_factory.mktemp("proxy")
    authority = str(make_certificates(folder))
    [found] = both.query("SELECT sf_org_id FROM retail_sync_connection WHERE id = %s", both.id)
    odoo = urlsplit(both.stack.url).port
    with Nginx(folder / "nginx", odoo, folder / "server.pem") as nginx:
        yield Proxy(nginx, authority, urlsplit(both.event_url("event")).path, both.event_key(), found["sf_org_id"])


@pytest.fixture
def sender(proxy) -> Sender:
    return Sender(proxy)


@pytest.fixture
def other_sender(proxy) -> Sender:
    return Sender(proxy, "127.0.0.2")


def stored(both, prefix: str) -> set[str]:
    """Keys of the events that Odoo has stored."""
    rows = both.query("SELECT event_key FROM retail_sync_event WHERE event_key LIKE %s", prefix + "%")
    return {row["event_key"] for row in rows}


def test_a_signed_event_passes_the_proxy(both, sender):
    assert sender.send(sender.event("passes-1")) == 202
    assert sender.send(sender.event("passes-2"), **{"X-Odoo-Database": "another", "Cookie": "session_id=x"}) == 202
    assert stored(both, "passes-") == {"passes-1", "passes-2"}


def test_slow_senders_occupy_no_worker_of_odoo(both, sender):
    """More senders than workers stop in the middle of their bodies; Odoo serves others meanwhile, and them at last."""
    bodies = [sender.event(f"slow-{number}") for number in range(3 * len(both.stack.worker_pids()))]
    with contextlib.ExitStack() as held:
        slow = [held.enter_context(sender.connect()) for _body in bodies]
        for connection, body in zip(slow, bodies, strict=True):
            connection.sendall(sender.head(body) + body[:5])
        assert sender.send(sender.event("quick-1")) == 202
        with urllib.request.urlopen(f"{both.stack.url}/web/health", timeout=60) as answer:
            assert answer.status == 200
        assert stored(both, "slow-") == set()
        for connection, body in zip(slow, bodies, strict=True):
            connection.sendall(body[5:])
            assert status(connection) == 202
    assert stored(both, "slow-") == {f"slow-{number}" for number in range(len(bodies))}


def test_long_bodies_do_not_reach_odoo(proxy, sender):
    before = reached_odoo(proxy)
    assert sender.send(b" " * (LIMIT + 1)) == 413
    with sender.connect() as connection:
        connection.sendall(sender.head(b"", length=10 * LIMIT))
        assert status(connection) == 413
    assert reached_odoo(proxy) == before


def test_a_flood_of_one_address_stops_no_other(both, proxy, sender, other_sender):
    bodies = [sender.event(f"flood-{number}") for number in range(FLOOD)]
    with contextlib.ExitStack() as held:
        connections = [held.enter_context(sender.connect()) for _body in bodies]
        for connection, body in zip(connections, bodies, strict=True):
            connection.sendall(sender.head(body) + body)
        assert other_sender.send(other_sender.event("beside-the-flood")) == 202
        answers = [status(connection) for connection in connections]
    assert set(answers) == {202, 429}
    # The sender of a refused event hears of it and sends again; an accepted event is stored.
    accepted = {f"flood-{number}" for number, answer in enumerate(answers) if answer == 202}
    assert stored(both, "flood-") == accepted


@pytest.mark.parametrize(
    "path", ["/", "/web/login", "/web/health", "/jsonrpc", "/xmlrpc/2/object", "/web/database/manager", "/retail_sync/"]
)
def test_the_rest_of_odoo_is_not_there(proxy, sender, path):
    before = reached_odoo(proxy)
    for method in ("GET", "POST"):
        assert sender.ask(method, path) == 404
    assert reached_odoo(proxy) == before


def test_only_one_verb_passes(proxy, sender):
    before = reached_odoo(proxy)
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        assert sender.ask(method, proxy.path) == 403
    assert reached_odoo(proxy) == before


def test_logs_show_no_secret(proxy, sender):
    token = proxy.path.split("/")[2]
    assert sender.send(sender.event("logged")) == 202
    for path in (f"{proxy.path}?again={token}", f"{proxy.path}/", f"/x/{token}", f"//retail_sync/{token}/event"):
        sender.ask("POST", path)
    sender.ask("POST", proxy.path, b" " * (LIMIT + 1))
    with sender.connect() as connection:  # breaks off
        connection.sendall(sender.head(b"", length=100) + b"{")
    logs = "".join(path.read_text(errors="replace") for path in proxy.nginx.folder.glob("*.log"))
    assert '"POST /retail_sync/***/event" 202' in logs
    assert token not in logs and proxy.key not in logs


def test_a_platform_without_a_listening_odoo_hears_of_it(both, tmp_path):
    """Odoo is down: the sender gets an error, and sends again later."""
    authority = str(make_certificates(tmp_path))
    with Nginx(tmp_path / "nginx", free_port(), tmp_path / "server.pem") as nginx:
        alone = Sender(Proxy(nginx, authority, "/retail_sync/x/event", "key", "org"))
        assert alone.send(alone.event("lost")) == 502
        assert nginx.error_log.read_text() == ""
