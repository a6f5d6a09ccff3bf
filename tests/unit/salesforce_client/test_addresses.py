"""Which hosts a call reaches, whatever its address says and whatever the name server answers."""

import re
import socket

import pytest

from retail_sync.domain.security.hosts import HostRules
from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.session import MemoryTokenStore, SalesforceSession
from retail_sync_salesforce.client.tokens import fetch_client_credentials
from retail_sync_salesforce.client.transport import new_http

from .fakes import Answer, FakeServer, new_session, new_token
from .tls_server import Authority, TlsServer

PLATFORM = HostRules(platform=("*.my.salesforce.com",))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(authority):
    with TlsServer(authority) as running:
        yield running


@pytest.fixture
def opened(monkeypatch):
    """The addresses to which a socket was opened, and no socket is."""
    tried = []

    def connect(address, *args, **kwargs):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("retail_sync_salesforce.client.addresses.create_connection", connect)
    return tried


def resolve(monkeypatch, *addresses):
    def getaddrinfo(host, port, *args, **kwargs):
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, port))
            for family, address in zip(families, addresses, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def call(url, rules, pem=None):
    http = new_http(pem, hosts=rules)
    session = SalesforceSession(MemoryTokenStore(new_token(instance_url=url)), None, http)
    return session.request("GET", "/ok")


def refusal(url, rules, pem=None):
    with pytest.raises(ClientError) as caught:
        call(url, rules, pem)
    return caught.value


@pytest.mark.parametrize("url", ["https://evil.example", "https://127.0.0.1:22", "https://169.254.169.254"])
def test_a_host_that_is_not_listed_is_not_even_looked_up(url, opened, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **kw: pytest.fail("the name was looked up"))
    fault = refusal(url, PLATFORM)
    assert (fault.kind, fault.code) == ("contract", "HOST_NOT_ALLOWED")
    assert opened == []


def test_open_and_closed_ports_look_alike(server, authority):
    """Seen: refused, untrusted and broken-off connections to inner hosts had three different texts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"https://localhost:{free.getsockname()[1]}"
    faults = [refusal(closed, PLATFORM), refusal(server.url, PLATFORM), refusal(server.url, PLATFORM, authority.pem)]
    texts = {(fault.kind, fault.code, re.sub(r":\d+", "", fault.message)) for fault in faults}
    assert texts == {("contract", "HOST_NOT_ALLOWED", "localhost is none of the hosts that may be called")}


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.7"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "192.168.0.1"]],
)
def test_a_listed_name_that_leads_inside_opens_no_socket(addresses, opened, monkeypatch):
    resolve(monkeypatch, *addresses)
    fault = refusal("https://acme.my.salesforce.com", PLATFORM)
    assert (fault.kind, fault.code) == ("contract", "ADDRESS_NOT_ALLOWED")
    assert opened == []


def test_the_address_that_was_checked_is_the_one_that_is_called(opened, monkeypatch):
    """A name server that answers differently the second time must gain nothing."""
    resolve(monkeypatch, "8.8.8.8", "2a00:1450:4001:80b::200e")
    assert refusal("https://acme.my.salesforce.com", PLATFORM).code == "CONNECTION_REFUSED"
    assert opened == [("8.8.8.8", 443), ("2a00:1450:4001:80b::200e", 443)]


def test_the_server_configuration_may_permit_an_inner_host(server, authority):
    assert call(server.url, HostRules(private=("localhost",)), authority.pem).json() == {"ok": 1}
    assert refusal(server.url, HostRules(configured=("localhost",)), authority.pem).code == "ADDRESS_NOT_ALLOWED"


def test_no_secret_leaves_for_a_host_that_is_not_listed():
    http = new_http(hosts=PLATFORM)
    http.mount("https://", server := FakeServer())
    with pytest.raises(ClientError) as caught:
        fetch_client_credentials("https://evil.example", "key", "secret", http)
    assert caught.value.code == "HOST_NOT_ALLOWED"
    assert server.requests == []


def test_the_hooks_learn_of_a_refused_host():
    after = []
    session, _server = new_session(
        Answer({}), token=new_token(instance_url="https://evil.example"), hosts=PLATFORM, after_call=after.append
    )
    with pytest.raises(ClientError):
        session.request("GET", "limits/")
    assert [(info.error_kind, info.error_code) for info in after] == [("contract", "HOST_NOT_ALLOWED")]
