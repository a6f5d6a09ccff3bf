"""Every call ends: in time, within a size, over TLS, at a permitted host, with its secrets kept."""

import gzip
import io
import logging
import socket

import pytest

from retail_sync_helpdesk.client import errors
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.transport import Transport, origin
from tests.unit.salesforce_client.tls_server import Authority, TlsServer

from .fakes import HOST, Answer, FakeDesk


def transport_of(*script, **options):
    desk = FakeDesk(*script)
    return Transport(adapter=desk, **options), desk


def refused(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value


def test_each_call_has_limits_of_time_checks_certificates_and_follows_no_redirect():
    transport, desk = transport_of(Answer(None, 302, {"Location": "https://evil.example"}))
    assert transport.send("GET", HOST).status == 302
    assert desk.options[0]["timeout"] == (5.0, 60.0)
    assert desk.options[0]["verify"]


@pytest.mark.parametrize("url", ["http://acme.zendesk.com/", "ftp://acme.zendesk.com/", "//acme.zendesk.com/", "x", ""])
def test_nothing_is_sent_but_over_https(url):
    transport, desk = transport_of()
    assert refused(lambda: transport.send("GET", url)).code == "BAD_URL"
    assert desk.requests == []


def test_a_host_that_is_not_permitted_is_not_called():
    class Rules:
        def allows(self, host):
            return host == "acme.zendesk.com"

        def reaches(self, host, address):
            return True

    transport, desk = transport_of(Answer({}), hosts=Rules())
    transport.send("GET", HOST)
    assert refused(lambda: transport.send("GET", "https://evil.example/")).code == "HOST_NOT_ALLOWED"
    assert len(desk.requests) == 1


def test_an_answer_that_is_too_long_is_not_read_to_its_end():
    transport, _ = transport_of(Answer(b"x" * 200_000), max_bytes=100_000)
    assert refused(lambda: transport.send("GET", HOST)).code == "ANSWER_TOO_LONG"


def test_an_answer_that_announces_too_much_is_not_read_at_all():
    calls = []
    transport, _ = transport_of(Answer(b"x", headers={"Content-Length": "999999999"}), after_call=calls.append)
    assert refused(lambda: transport.send("GET", HOST)).code == "ANSWER_TOO_LONG"
    assert calls[0].bytes == 0


def test_a_small_answer_that_unpacks_to_a_large_one_is_refused():
    packed = gzip.compress(b"0" * 5_000_000)
    transport, _ = transport_of(Answer(packed, headers={"Content-Encoding": "gzip"}), max_bytes=1_000_000)
    assert len(packed) < 10_000
    assert refused(lambda: transport.send("GET", HOST)).code == "ANSWER_TOO_LONG"


def test_an_answer_that_trickles_for_ever_is_given_up():
    transport, _ = transport_of(Answer(b"x" * 10), total_seconds=-1)
    error = refused(lambda: transport.send("GET", HOST))
    assert (error.kind, error.code) == (errors.TRANSIENT, "READ_TIMEOUT")


def test_a_sink_gets_the_body_and_an_error_body_never_lands_in_it():
    sink = io.BytesIO()
    transport, _ = transport_of(Answer(b"content"), Answer({"error": "RecordNotFound"}, 404))
    assert transport.send("GET", HOST, sink=sink).body == b""
    assert transport.send("GET", HOST, sink=sink).status == 404
    assert sink.getvalue() == b"content"


def test_hooks_learn_of_each_call_without_its_query():
    before, after = [], []
    transport, _ = transport_of(Answer({}, 404), ConnectionError(), before_call=before.append, after_call=after.append)
    transport.send("GET", f"{HOST}/api/v2/users/search", params={"query": "email:ada@example.com"})
    refused(lambda: transport.send("GET", HOST))
    assert [info.path for info in before] == ["/api/v2/users/search", ""]
    assert [(info.status, info.error_code) for info in after] == [(404, ""), (None, "CONNECTION_BROKEN")]
    assert "ada@" not in f"{before} {after}"


def test_a_hook_that_refuses_a_call_keeps_it_from_being_sent():
    def refuse(info):
        raise PermissionError("stopped")

    transport, desk = transport_of(before_call=refuse)
    with pytest.raises(PermissionError):
        transport.send("GET", HOST)
    assert desk.requests == []


def test_a_netrc_file_does_not_replace_the_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.zendesk.com login ida password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    transport, desk = transport_of(Answer({}))
    transport.send("GET", HOST, headers={"Authorization": "Bearer canary"})
    assert desk.last.headers["Authorization"] == "Bearer canary"


def test_no_log_line_holds_a_token_or_a_body(caplog):
    caplog.set_level(logging.DEBUG)
    transport, _ = transport_of(Answer({"access_token": "canary"}))
    transport.send("POST", HOST, headers={"Authorization": "Bearer canary"}, json={"client_secret": "canary"})
    assert "canary" not in caplog.text


@pytest.mark.parametrize("pem", ["", "x", "/etc/passwd", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"])
def test_authorities_that_are_no_certificates_are_refused(pem):
    assert refused(lambda: Transport(pem)).code == "CA_BUNDLE_INVALID"


@pytest.mark.parametrize(
    "text, found",
    [
        ("acme.zendesk.com", "https://acme.zendesk.com"),
        ("https://acme.zendesk.com:443/agent", "https://acme.zendesk.com"),
        (" https://LOCALHOST:8443/ ", "https://localhost:8443"),
        ("https://[::1]:8443/x", "https://[::1]:8443"),
    ],
)
def test_the_origin_of_an_address(text, found):
    assert origin(text) == found


@pytest.mark.parametrize(
    "text", ["", "http://acme.zendesk.com", "https://", "https://a@b/", "https://a:x/", "https://a b/"]
)
def test_an_address_that_is_none(text):
    assert refused(lambda: origin(text)).code == "BAD_URL"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority):
    with TlsServer(authority) as running:
        yield running


def test_a_server_of_the_given_authorities_is_called(authority, server):
    assert Transport(authority.pem).send("GET", f"{server.url}/ok").json() == {"ok": 1}


def test_a_server_of_no_known_authority_is_not_trusted(server):
    error = refused(lambda: Transport().send("GET", f"{server.url}/ok"))
    assert (error.kind, error.code) == (errors.CONTRACT, "TLS_CERTIFICATE")


def test_given_authorities_replace_all_others(tmp_path, server, authority, monkeypatch):
    other = Authority(tmp_path)
    # what the environment names does not count beside them
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    assert refused(lambda: Transport(other.pem).send("GET", f"{server.url}/ok")).code == "TLS_CERTIFICATE"


def test_a_certificate_for_another_name_is_not_trusted(authority, server, monkeypatch):
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up("127.0.0.1", *rest, **more))
    monkeypatch.setenv("NO_PROXY", "*")
    error = refused(lambda: Transport(authority.pem).send("GET", server.url.replace("localhost", "other.example")))
    assert error.code == "TLS_CERTIFICATE"


@pytest.mark.parametrize(
    "path, code", [("cut", "CONNECTION_BROKEN"), ("silent", "READ_TIMEOUT"), ("stalls", "READ_TIMEOUT")]
)
def test_a_server_that_misbehaves_ends_the_call(authority, server, path, code):
    transport = Transport(authority.pem, timeout=(1.0, 0.3))
    error = refused(lambda: transport.send("GET", f"{server.url}/{path}"))
    assert (error.kind, error.code) == (errors.TRANSIENT, code)
