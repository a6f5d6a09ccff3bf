"""Checklist items 32 and 33: rate limits and their headers."""

import pytest
from zenpy.lib.api_objects import Ticket
from zenpy.lib.exception import RatelimitBudgetExceeded

from .zendesk_support import FROZEN, check

MINUTE_START = "2026-05-20T09:44:00Z"


@pytest.fixture
def quiet(zd, api):
    """The account's clock stands at the start of a minute; everything is signed in."""
    zd.freeze(MINUTE_START)
    api.login(expires_in=172799)
    return zd


def test_zendesk_32_every_answer_says_what_is_left_and_when_it_resets(quiet, api):
    quiet.freeze(FROZEN)
    headers = [api("GET", "users/me").headers for _ in range(2)]
    assert [each["x-rate-limit-remaining"] for each in headers] == ["699", "698"]
    assert {each["x-rate-limit"] for each in headers} == {"700"}
    assert [headers[0][f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["700", "699", "28"]
    assert "rate-limit" not in headers[0] and headers[0]["x-request-id"] != headers[1]["x-request-id"]
    quiet.config(rate_headers="rate-limit")
    older = api("GET", "users/me").headers
    assert (older["rate-limit"], older["rate-limit-remaining"], older["rate-limit-reset"]) == ("700", "697", "28")
    assert "ratelimit-limit" not in older
    quiet.advance(28)
    assert api("GET", "users/me").headers["x-rate-limit-remaining"] == "699"


def test_zendesk_33_the_accounts_limit_is_refused_as_text_with_the_seconds_to_wait(quiet, zen, api):
    quiet.config(rate_limit=3)
    responses = [api("GET", "users/me") for _ in range(4)]
    assert [each.status_code for each in responses] == [200, 200, 200, 429]
    assert responses[3].text == "Number of allowed API requests per minute exceeded"
    assert responses[3].headers["Retry-After"] == "60" and responses[3].headers["x-rate-limit-remaining"] == "0"
    with pytest.raises(RatelimitBudgetExceeded):
        zen.users.me()
    quiet.config(rate_limit_body="json")
    check(api("GET", "users/me"), 429, "APIRateLimitExceeded")
    quiet.advance(60)
    assert api("GET", "users/me").status_code == 200


def test_zendesk_33_one_ticket_takes_thirty_updates_of_one_user_in_ten_minutes(quiet, api):
    busy, other = api.ticket()["id"], api.ticket()["id"]
    responses = [api.update(busy, subject=f"s{i}") for i in range(31)]
    assert [each.status_code for each in responses] == [200] * 30 + [429]
    assert 0 < int(responses[30].headers["Retry-After"]) <= 600
    assert int(responses[30].headers["x-rate-limit-remaining"]) > 0
    assert api.update(other, subject="x").status_code == 200
    quiet.advance(601)
    assert api.update(busy, subject="later").status_code == 200


def test_zendesk_33_the_account_takes_a_hundred_ticket_updates_a_minute(quiet, zen, api):
    quiet.config(rate_limit_ticket_update=3)
    numbers = quiet.seed("ticket", [{"subject": "s"}] * 4)
    for number in numbers[:3]:
        assert zen.tickets.update(Ticket(id=number, subject="t"))
    refusal = api.update(numbers[3], subject="t")
    check(refusal, 429, "APIRateLimitExceeded")
    assert refusal.headers["zendesk-ratelimit-tickets-update"].startswith("total=3; remaining=0")
    assert quiet.records("ticket", [numbers[3]])[0]["subject"] == "s"
    assert quiet.counters()["limits"]["refused"] == {"tickets-update": 1}
    assert quiet.config()["rate_limit_ticket_update_per_ticket"] == 30


def test_zendesk_33_one_user_takes_five_updates_a_minute(quiet, api):
    number = quiet.seed("user", [{"name": "Ada", "email": "ada@example.com"}])[0]
    statuses = [api("PUT", f"users/{number}", {"user": {"name": f"Ada {i}"}}).status_code for i in range(6)]
    assert statuses == [200] * 5 + [429]
