"""Which addresses a call reaches, whatever the name server answers."""

import socket

import pytest

from retail_sync.domain.security.hosts import HostRules
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.transport import Transport

RULES = HostRules(platform=("*.zendesk.com",))
HOST = "https://acme.zendesk.com/api/v2/users/me"


def resolve(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answer = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answer)


def refusal(rules=RULES, authorities=None):
    with pytest.raises(ClientError) as caught:
        Transport(authorities, hosts=rules).send("GET", HOST)
    return caught.value


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "fd00::1", "::ffff:10.0.0.5"])
def test_a_permitted_name_that_leads_to_a_private_address_is_not_called(address, monkeypatch):
    resolve(monkeypatch, address)
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("a connection was opened"))
    fault = refusal()
    assert (fault.kind, fault.code) == ("contract", "ADDRESS_NOT_ALLOWED")
    assert address not in str(fault)


def test_a_connection_that_reached_another_address_than_the_name_server_said_is_given_up(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        reached = server.getsockname()

        def connect(*args, **options):
            opened = socket.socket()
            opened.connect(reached)
            return opened

        resolve(monkeypatch, "8.8.8.8")
        monkeypatch.setattr("urllib3.connection.HTTPSConnection._new_conn", connect)
        assert refusal().code == "ADDRESS_NOT_ALLOWED"


def test_a_private_host_of_the_server_configuration_is_called():
    rules = HostRules(private=("localhost",))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://localhost:{free.getsockname()[1]}/"
    with pytest.raises(ClientError) as caught:
        Transport(hosts=rules).send("GET", url)
    assert caught.value.code == "CONNECTION_REFUSED"
