"""Limits, versions, the remote clock and the report for the wizard."""

from urllib.parse import parse_qs, urlsplit

import pytest

from retail_sync_salesforce.client import limits, probe
from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.limits import Limit

from .fakes import ORG_ID, SESSION_EXPIRED, Answer, new_session, new_token

DATE = {"Date": "Wed, 20 May 2026 09:44:32 GMT"}
VERSIONS = [{"label": "x", "version": version, "url": "x"} for version in ("67.0", "9.0", "62.0")]


def test_limits():
    session, server = new_session(
        Answer({"DailyApiRequests": {"Max": "100", "Remaining": "75"}, "Odd": {"Max": None}, "Odder": 5})
    )
    found = limits.limits(session)
    assert found == {"DailyApiRequests": Limit(100, 75)}
    assert found[limits.DAILY_CALLS].used == 25
    assert server.paths() == ["/services/data/v62.0/limits/"]


def test_the_number_of_records_as_the_org_estimates_it():
    session, server = new_session(
        Answer({"sObjects": [{"count": 5_000_000, "name": "Account"}]}), Answer({"sObjects": []}), Answer("5")
    )
    assert limits.record_count(session, "Account") == 5_000_000
    assert (server.paths()[0], server.query(0)) == (
        "/services/data/v62.0/limits/recordCount",
        {"sObjects": "Account"},
    )
    for _odd in range(2):
        with pytest.raises(ClientError, match="ODD_ANSWER"):
            limits.record_count(session, "Account")


def test_versions_and_the_clock():
    session, server = new_session(Answer(VERSIONS), Answer(VERSIONS, headers=DATE), Answer(VERSIONS))
    assert limits.versions(session) == ["9.0", "62.0", "67.0"]
    assert limits.server_time(session) == "2026-05-20T09:44:32Z"
    with pytest.raises(ClientError, match="ODD_ANSWER"):
        limits.server_time(session)  # an old answer's clock must not pass for the present
    assert server.paths() == ["/services/data/"] * 3


@pytest.mark.parametrize("call", [limits.limits, limits.versions])
def test_answers_of_another_shape(call):
    session, _ = new_session(Answer("5"))
    with pytest.raises(ClientError, match="ODD_ANSWER"):
        call(session)


class Org:
    """Answers by path, as an org does; `refuse` maps a part of a path to an answer."""

    def __init__(self, refuse=None, daily=(100, 90)):
        self.refuse, self.daily = refuse or {}, daily

    def __call__(self, request):
        parts = urlsplit(request.url)
        for part, answer in self.refuse.items():
            if part in request.url:
                return answer
        if parts.path == "/services/data/":
            return Answer(VERSIONS)
        if parts.path.endswith("/limits/"):
            return Answer({"DailyApiRequests": {"Max": self.daily[0], "Remaining": self.daily[1]}})
        if "FROM User" in parse_qs(parts.query)["q"][0]:
            return Answer({"totalSize": 1, "done": True, "records": [{"Username": "sync@acme.example"}]})
        if "Organization" in parse_qs(parts.query)["q"][0]:
            return Answer(
                {"totalSize": 1, "done": True, "records": [{"Id": ORG_ID, "Name": "Acme", "IsSandbox": True}]}
            )
        raise AssertionError(f"unexpected call of {parts.path}")


def look(org, **options):
    session, server = new_session(*[org] * 20, **options)
    return probe.probe(session), server


def test_a_good_connection():
    report, server = look(Org())
    assert report.ok
    assert report.problems == []
    assert (report.org_id, report.org_name, report.sandbox) == (ORG_ID, "Acme", True)
    assert (report.username, report.version_offered, report.daily_calls) == ("sync@acme.example", True, Limit(100, 90))
    assert len(server.requests) == 4


def refused(code, status=400):
    return Answer([{"errorCode": code, "message": "reported"}], status)


OLD = Answer([{"version": "61.0"}])


@pytest.mark.parametrize(
    ("org", "ok", "codes"),
    [
        (Org({"/services/data/v62.0/query": Answer("<html/>", 503)}), False, ["HTTP_503"]),
        (Org({"Organization": refused("INVALID_TYPE")}), True, ["INVALID_TYPE"]),
        (Org({"/limits/": refused("API_DISABLED_FOR_ORG", 403)}), True, ["API_DISABLED_FOR_ORG"]),
        (Org({"FROM%20User": refused("INVALID_TYPE")}), True, ["INVALID_TYPE"]),
        (Org(daily=(100, 20)), True, ["FEW_CALLS_LEFT"]),
        (Org({"/services/data/": OLD}), False, ["VERSION_NOT_OFFERED"]),
    ],
)
def test_what_stands_in_the_way(org, ok, codes):
    report, _ = look(org)
    assert report.ok is ok
    assert [problem.code for problem in report.problems] == codes


def test_a_refused_login():
    def fetch():
        raise ClientError("auth", "invalid_client", "invalid client credentials")

    from retail_sync_salesforce.client.session import MemoryTokenStore

    report, server = look(Org(), store=MemoryTokenStore(), fetch=fetch)
    assert not report.token_ok and not report.ok
    assert [(problem.level, problem.code) for problem in report.problems] == [("error", "invalid_client")]
    assert not server.requests


def test_a_token_that_the_org_does_not_take():
    report, _ = look(Org({"/query": Answer(SESSION_EXPIRED, 401)}), fetch=lambda: new_token("second"))
    assert not report.token_ok and not report.ok
