"""Trust, time limits and cut connections over a real TLS socket."""

import gc
import os
import socket
from pathlib import Path

import pytest

from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.session import MemoryTokenStore, SalesforceSession
from retail_sync_salesforce.client.transport import new_http

from .fakes import new_token
from .tls_server import Authority, TlsServer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(authority):
    with TlsServer(authority) as running:
        yield running


def _session(url, bundle, **options):
    return SalesforceSession(MemoryTokenStore(new_token(instance_url=url)), None, new_http(bundle, **options))


def _refusal(session, path, **options):
    with pytest.raises(ClientError) as caught:
        session.request("GET", path, **options)
    return caught.value.kind, caught.value.code


def test_certificates_given_as_text_are_trusted(server, authority):
    session = _session(server.url, authority.pem)
    assert session.request("GET", "/ok").json() == {"ok": 1}


def test_the_path_of_a_file_on_the_server_is_refused(authority):
    """Seen: a connection's CA certificates could name any file of the server."""
    with pytest.raises(ClientError) as caught:
        new_http(str(authority.file))
    assert caught.value.code == "CA_BUNDLE_INVALID"


def test_a_certificate_of_an_unknown_authority_is_refused(server):
    assert _refusal(_session(server.url, None), "/ok") == ("contract", "TLS_CERTIFICATE")


def test_the_environment_does_not_replace_the_bundle(server, authority, tmp_path, monkeypatch):
    other = Authority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other.file))
    assert _session(server.url, authority.pem).request("GET", "/ok").status == 200
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    assert _refusal(_session(server.url, other.pem), "/ok") == ("contract", "TLS_CERTIFICATE")


def test_the_loopback_is_reached_without_the_machines_proxy(server, authority, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert _session(server.url, authority.pem).request("GET", "/ok").status == 200


def test_another_host_name_is_refused(server, authority):
    url = server.url.replace("localhost", "localhost.")
    assert _refusal(_session(url, authority.pem), "/ok")[1] in ("TLS_CERTIFICATE", "NAME_NOT_RESOLVED")


@pytest.mark.parametrize("path", ["/silent", "/stalls"])
def test_a_server_that_falls_silent_is_left(server, authority, path):
    kind, _ = _refusal(_session(server.url, authority.pem, timeout=(5, 0.3)), path)
    assert kind == "transient"


def test_a_body_cut_short_is_no_answer(server, authority):
    assert _refusal(_session(server.url, authority.pem), "/cut") == ("transient", "CONNECTION_BROKEN")


def test_no_server_listens(authority):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{free.getsockname()[1]}"
    assert _refusal(_session(url, authority.pem), "/ok") == ("transient", "CONNECTION_REFUSED")


def test_the_file_of_a_bundle_given_as_text_goes_with_its_session(authority):
    http = new_http(authority.pem)
    path = Path(http.verify)
    assert path.read_text() == authority.pem
    assert os.stat(path).st_mode & 0o077 == 0
    del http
    gc.collect()
    assert not path.exists()
