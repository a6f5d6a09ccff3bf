"""Calls through the session: headers, renewal of the token, replay, refusals."""

import threading

import pytest
import requests

from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.session import MemoryTokenStore

from .fakes import HOST, SESSION_EXPIRED, Answer, FakeServer, new_session, new_token

EXPIRED = Answer(SESSION_EXPIRED, 401)


def test_a_call():
    session, server = new_session(Answer({"done": True}, headers={"Date": "Wed, 20 May 2026 09:44:32 GMT"}))
    response = session.request("GET", "query", params={"q": "a+b é"})
    assert (response.status, response.json()) == (200, {"done": True})
    assert session.server_time_ms == 1779270272000
    sent = server.last
    assert sent.url == HOST + "/services/data/v62.0/query?q=a%2Bb+%C3%A9"
    assert sent.headers["Authorization"] == "Bearer 00D5g000004XyzA!first"
    assert sent.headers["Sforce-Call-Options"] == "client=retail-sync"
    assert sent.headers["Accept"] == "application/json"
    assert "gzip" in sent.headers["Accept-Encoding"]
    assert "X-PrettyPrint" not in sent.headers
    assert server.options[-1]["timeout"] == (5, 60)


def test_each_call_has_a_correlation_id_and_the_given_one_wins():
    session, server = new_session(*[Answer({})] * 3)
    session.request("GET", "limits/")
    session.request("GET", "limits/")
    session.correlation_id = "run-7"
    session.request("GET", "limits/")
    first, second, third = (request.headers["X-Correlation-ID"] for request in server.requests)
    assert first and second and first != second
    assert third == "run-7"


def test_a_body_and_own_headers():
    session, server = new_session(Answer({}), Answer({}))
    session.request("POST", "composite", json={"a": "é"}, headers={"Sforce-Query-Options": "batchSize=500"})
    session.request("PUT", "jobs/ingest/1/batches", data="Né\n", headers={"Content-Type": "text/csv"}, timeout=(1, 2))
    assert server.json(0) == {"a": "é"}
    assert server.requests[0].headers["Sforce-Query-Options"] == "batchSize=500"
    assert server.requests[0].headers["Content-Type"] == "application/json"
    assert server.requests[1].body == "Né\n".encode()
    assert server.requests[1].headers["Content-Type"] == "text/csv"
    assert server.options[1]["timeout"] == (1, 2)


def test_an_expired_token_is_renewed_once_and_the_call_replayed_whole():
    renewed = new_token("second", "https://moved.my.salesforce.com")
    logins = []

    def fetch():
        logins.append(1)
        return renewed

    session, server = new_session(EXPIRED, Answer({"ok": 1}), fetch=fetch)
    response = session.request(
        "POST", "composite", json={"a": 1}, params={"x": "y"}, headers={"Sforce-Query-Options": "batchSize=200"}
    )
    assert response.json() == {"ok": 1}
    assert logins == [1]
    before, after = server.requests
    assert after.url == "https://moved.my.salesforce.com/services/data/v62.0/composite?x=y"
    assert after.headers["Authorization"] == "Bearer 00D5g000004XyzA!second"
    assert before.body == after.body
    ignored = ("Authorization",)
    assert {k: v for k, v in before.headers.items() if k not in ignored} == {
        k: v for k, v in after.headers.items() if k not in ignored
    }


def test_a_token_that_stays_bad_is_given_up_after_one_login():
    logins = []

    def fetch():
        logins.append(1)
        return new_token(f"n{len(logins)}")

    session, server = new_session(EXPIRED, EXPIRED, fetch=fetch)
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/")
    assert (caught.value.kind, caught.value.code) == ("auth", "INVALID_SESSION_ID")
    assert len(logins) == 1
    assert len(server.requests) == 2


XML = (
    "<?xml version='1.0'?><Errors><Error><errorCode>INVALID_SESSION_ID</errorCode><message>a</message></Error></Errors>"
)


@pytest.mark.parametrize("body", [None, "<html>401</html>", "null", "[]", XML])
def test_a_401_in_any_form_is_worth_one_new_token(body):
    """What stands in front of the service, and answers to calls that asked for CSV, carry no JSON code."""
    session, server = new_session(Answer(body, 401), Answer({"ok": 1}), fetch=lambda: new_token("second"))
    assert session.request("GET", "limits/").json() == {"ok": 1}
    session, server = new_session(Answer(body, 401), Answer(body, 401), fetch=lambda: new_token("second"))
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/")
    assert caught.value.kind == "auth" and len(server.requests) == 2


def test_another_401_does_not_renew():
    session, server = new_session(Answer([{"errorCode": "INVALID_AUTH_HEADER", "message": "x"}], 401))
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/")
    assert caught.value.kind == "auth"
    assert len(server.requests) == 1


def test_a_token_renewed_by_another_worker_is_taken_over_without_a_login():
    store = MemoryTokenStore(new_token("first"))
    session, server = new_session(Answer({}), EXPIRED, Answer({}), store=store)
    session.request("GET", "limits/")
    store.refresh(store.get(), lambda: new_token("by-another"))
    session.request("GET", "limits/")
    assert server.last.headers["Authorization"] == "Bearer 00D5g000004XyzA!by-another"


def test_a_refused_login_is_the_callers_error():
    def fetch():
        raise ClientError("auth", "invalid_grant", "no client credentials user enabled")

    session, _ = new_session(EXPIRED, fetch=fetch)
    with pytest.raises(ClientError, match="invalid_grant"):
        session.request("GET", "limits/")


def test_many_threads_that_meet_an_expired_token_log_in_once():
    store = MemoryTokenStore(new_token("stale"))
    logins, barrier, failures = [], threading.Barrier(8), []

    def fetch():
        logins.append(threading.get_ident())
        return new_token("fresh")

    def work():
        session, server = new_session(EXPIRED, Answer({}), store=store, fetch=fetch)
        token = session.token()
        barrier.wait()
        session.request("GET", "limits/")
        if token.access_token != "00D5g000004XyzA!stale" or not server.last.headers["Authorization"].endswith("fresh"):
            failures.append(server.last.headers["Authorization"])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert len(logins) == 1


def test_the_first_call_logs_in():
    session, server = new_session(Answer({}), store=MemoryTokenStore(), fetch=lambda: new_token("fetched"))
    session.request("GET", "limits/")
    assert server.last.headers["Authorization"].endswith("fetched")


def test_the_token_goes_to_no_other_host():
    session, server = new_session(Answer({}))
    for url in (
        "https://evil.example/services/data/",
        "https://acme.my.salesforce.com:444/x",
        "http://acme.my.salesforce.com/",
    ):
        with pytest.raises(ClientError) as caught:
            session.request("GET", url)
        assert caught.value.kind == "contract"
    assert not server.requests
    session.request("GET", HOST + "/services/data/?a=b")
    assert server.last.url == HOST + "/services/data/?a=b"


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "@evil.example/x", "..\\evil", "/services/data/?u=https://evil.example"]
)
def test_no_path_leads_to_another_host(path):
    session, server = new_session(Answer({}))
    session.request("GET", path)
    assert server.last.url.startswith(HOST + "/")


def test_refusals_become_client_errors_with_their_headers():
    body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    session, _ = new_session(Answer(body, 403, {"Retry-After": "33"}))
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/")
    assert (caught.value.kind, caught.value.retry_after, caught.value.http_status) == ("throttled", 33, 403)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_not_modified_is_an_answer():
    session, _ = new_session(Answer(None, 304))
    assert session.request("GET", "sobjects/Account/describe").status == 304


def test_an_outage_page_with_status_200_is_no_answer():
    session, _ = new_session(Answer("<html>We are down for maintenance</html>"))
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/").json()
    assert (caught.value.kind, caught.value.code) == ("transient", "NOT_JSON")


def test_a_broken_connection_tells_nothing_of_the_query():
    session, _ = new_session(
        requests.exceptions.ReadTimeout("/query?q=Rossi"), requests.exceptions.ReadTimeout("Rossi")
    )
    with pytest.raises(ClientError) as caught:
        session.request("GET", "query", params={"q": "Rossi"})
    assert caught.value.kind == "transient"
    assert "Rossi" not in str(caught.value)
    assert caught.value.__suppress_context__
    with pytest.raises(ClientError) as caught:
        session.request("POST", "sobjects/Contact/", json={}, idempotent=False)
    assert caught.value.kind == "unknown"


def test_redirects_are_not_followed():
    session, server = new_session(Answer("", 302, {"Location": "https://evil.example/"}))
    with pytest.raises(ClientError) as caught:
        session.request("GET", "limits/")
    assert (caught.value.kind, caught.value.code) == ("contract", "HTTP_302")
    assert len(server.requests) == 1


def test_the_repr_holds_no_token():
    session, _ = new_session()
    session.token()
    assert "!first" not in repr(session)


def test_a_netrc_entry_does_not_replace_the_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session, server = new_session(Answer({}))
    session.request("GET", "limits/")
    assert server.last.headers["Authorization"].startswith("Bearer ")


def test_plain_http_has_no_way_out():
    session, _ = new_session()
    with pytest.raises(requests.exceptions.InvalidSchema):
        session._http.get("http://acme.my.salesforce.com/")


def test_fake_server_counts():
    """The fake itself: a call beyond its script must not pass unnoticed."""
    session, _ = new_session()
    with pytest.raises(AssertionError, match="unexpected call"):
        session.request("GET", "limits/")
    assert isinstance(session._http.get_adapter("https://x"), FakeServer)
