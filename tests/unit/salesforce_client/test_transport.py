"""What each call reports, and what may stop it."""

import pytest
import requests

from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.transport import EXPIRED, Usage, new_http, parse_usage

from .fakes import HOST, SESSION_EXPIRED, Answer, FakeServer, new_session, new_token


class BreakerOpen(Exception):
    """Stands for the engine's own exception."""


def test_usage_header():
    assert parse_usage("api-usage=1250/100000") == Usage(1250, 100000)
    assert parse_usage("per-app-api-usage=17/250(appName=x); api-usage=18/5000") == Usage(18, 5000)
    assert parse_usage("per-app-api-usage=17/250(appName=x)") is None
    assert parse_usage(None) is None


def test_the_hooks_learn_of_each_call():
    before, after = [], []
    session, _ = new_session(
        Answer({"a": 1}, headers={"Sforce-Limit-Info": "api-usage=18/5000"}),
        before_call=lambda info: before.append((info.operation, info.status)),
        after_call=after.append,
    )
    session.correlation_id = "run-7"
    session.request("GET", "query", params={"q": "Rossi"})
    assert before == [("query", None)]
    (info,) = after
    assert (info.method, info.host, info.path) == ("GET", "acme.my.salesforce.com", "/services/data/v62.0/query")
    assert (info.status, info.usage, info.bytes, info.error_kind) == (200, Usage(18, 5000), len('{"a": 1}'), "")
    assert info.correlation_id == "run-7"
    assert info.ms > 0


def test_a_hook_can_forbid_the_call():
    def forbid(info):
        raise BreakerOpen

    session, server = new_session(before_call=forbid)
    with pytest.raises(BreakerOpen):
        session.request("GET", "limits/")
    assert not server.requests


def test_an_expired_token_is_no_fault_of_the_connection():
    after = []
    session, _ = new_session(
        Answer(SESSION_EXPIRED, 401), Answer({}), fetch=lambda: new_token("second"), after_call=after.append
    )
    session.request("GET", "limits/")
    assert [info.error_kind for info in after] == [EXPIRED, ""]
    assert after[0].correlation_id == after[1].correlation_id


@pytest.mark.parametrize("body", [None, "<html>401</html>", "[]", SESSION_EXPIRED])
def test_a_new_token_that_is_refused_is_a_fault_of_the_connection(body):
    """A 401 without a code may be an ended token as well; one to a new token is none, whatever it says.

    Seen: each call signed in again, and the breaker that would have stopped them heard of expired tokens only.
    """
    after = []
    refused = Answer(body, 401)
    session, server = new_session(
        *[refused, refused] * 2, Answer({}), fetch=lambda: new_token(f"n{len(after)}"), after_call=after.append
    )
    for _call in range(2):
        with pytest.raises(ClientError):
            session.request("GET", "limits/")
    # The first refusal of the second call again may be of a token that has ended in between.
    assert [info.error_kind for info in after] == [EXPIRED, "auth", EXPIRED, "auth"]
    session.request("GET", "limits/")
    assert after[-1].error_kind == "" and len(server.requests) == 5


@pytest.mark.parametrize(
    ("script", "kind", "code", "retry_after"),
    [
        (
            Answer([{"errorCode": "SERVER_UNAVAILABLE", "message": ""}], 503, {"Retry-After": "5"}),
            "transient",
            "SERVER_UNAVAILABLE",
            5,
        ),
        (Answer("<html/>", 502), "transient", "HTTP_502", None),
        (
            Answer([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests"}], 403),
            "throttled",
            "REQUEST_LIMIT_EXCEEDED",
            900,
        ),
        (requests.exceptions.ReadTimeout("x"), "transient", "READ_TIMEOUT", None),
    ],
)
def test_the_hooks_learn_of_failures(script, kind, code, retry_after):
    after = []
    session, _ = new_session(script, after_call=after.append)
    with pytest.raises(ClientError):
        session.request("GET", "limits/")
    assert [(info.error_kind, info.error_code, info.retry_after) for info in after] == [(kind, code, retry_after)]


def test_not_modified_is_no_fault():
    after = []
    session, _ = new_session(Answer(None, 304), after_call=after.append)
    session.request("GET", "sobjects/Account/describe")
    assert (after[0].status, after[0].error_kind) == (304, "")


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/services/oauth2/token", "token"),
        ("query/?q=x", "query"),
        ("composite", "composite"),
        ("jobs/query/750x/results", "bulk"),
        ("sobjects/Account/describe", "describe"),
        ("sobjects/Account/deleted/?start=x", "replication"),
        ("sobjects/Account/001x", "row"),
        ("limits/", "limits"),
        ("/services/data/", "other"),
    ],
)
def test_operations(path, operation):
    after = []
    session, _ = new_session(Answer({}), after_call=after.append)
    session.request("GET", path)
    assert after[0].operation == operation


def test_the_name_of_the_caller_can_be_set():
    http = new_http(client_name="other")
    http.mount("https://", server := FakeServer(Answer({})))
    http.get(HOST)
    assert server.last.headers["Sforce-Call-Options"] == "client=other"


def test_the_time_limit_holds_for_any_use_of_the_session():
    http = new_http(timeout=(1, 2))
    http.mount("https://", server := FakeServer(Answer({}), Answer({})))
    http.get(HOST)
    http.get(HOST, timeout=(3, 4))
    assert [options["timeout"] for options in server.options] == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    "bundle", ["/no/such/file.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----"]
)
def test_an_unusable_bundle_is_refused_at_once(bundle):
    with pytest.raises(ClientError) as caught:
        new_http(bundle)
    assert (caught.value.kind, caught.value.code) == ("contract", "CA_BUNDLE_INVALID")
