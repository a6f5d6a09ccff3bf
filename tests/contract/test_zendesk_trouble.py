"""Checklist items 19-21, 33-36 and 46: conflicts, idempotent creation, lost answers, outages, warnings."""

import threading

import pytest
import requests
from zenpy.lib.api_objects import Ticket

from tests.simulators.zendesk.client import ControlError

from .zendesk_support import check, refused, wait_for


def test_zendesk_19_a_database_conflict_happens_on_command(zd, zen, api):
    number = api.ticket()["id"]
    zd.fault("conflict", {"op": "PUT tickets/{id}"})
    with refused(409, "DatabaseConflict"):
        zen.tickets.update(Ticket(id=number, subject="x"))
    assert zen.tickets.update(Ticket(id=number, subject="y")).ticket.subject == "y"


BODY = {"ticket": {"subject": "s", "comment": {"body": "once"}, "external_id": "odoo:1"}}
KEY = {"Idempotency-Key": "odoo-77"}


def _create(api, body=BODY, **headers):
    return api("POST", "tickets", body, headers={**KEY, **headers})


def test_zendesk_20_the_same_key_gives_the_same_ticket_for_two_hours(zd, api):
    first, second = _create(api), _create(api)
    assert (first.status_code, first.headers["x-idempotency-lookup"]) == (201, "miss")
    assert (second.status_code, second.headers["x-idempotency-lookup"]) == (201, "hit")
    assert first.json() == second.json()
    other = {"ticket": {**BODY["ticket"], "subject": "t"}}
    check(_create(api, other), 400, "IdempotentRequestError", "don't match the given idempotency key")
    zd.advance(7199)
    api.login()
    assert _create(api).headers["x-idempotency-lookup"] == "hit"
    zd.advance(2)
    assert _create(api).headers["x-idempotency-lookup"] == "miss"
    assert len(api.get("tickets?external_id=odoo:1")["tickets"]) == 2


def test_zendesk_20_a_refused_creation_is_not_kept_and_other_calls_know_no_keys(api):
    bad = {"ticket": {"subject": "no comment"}}
    check(_create(api, bad), 422)
    number = _create(api).json()["ticket"]["id"]
    response = api("PUT", f"tickets/{number}", {"ticket": {"subject": "x"}}, headers=KEY)
    assert response.status_code == 200 and "x-idempotency-lookup" not in response.headers
    assert _create(api, **{"Idempotency-Key": "k" * 256}).status_code == 400


def test_zendesk_20_a_repetition_is_refused_while_the_first_call_runs(zd, api):
    zd.fault("slow", {"op": "POST tickets"}, times=1, seconds=60)
    found = []
    first = threading.Thread(target=lambda: found.append(_create(api).status_code))
    first.start()
    wait_for(lambda: zd.stats()["in_flight"])
    wait_for(lambda: _create(api).status_code == 409)
    zd.clear_faults()
    first.join(20)
    assert found == [201]
    assert _create(api).headers["x-idempotency-lookup"] == "hit"


def test_zendesk_21_an_answer_that_is_lost_has_still_created_the_ticket(zd, api):
    zd.fault("drop_after_commit", {"op": "POST tickets"})
    with pytest.raises(requests.ConnectionError):
        _create(api)
    assert len(api.get("tickets?external_id=odoo:1")["tickets"]) == 1
    assert _create(api).headers["x-idempotency-lookup"] == "hit"
    zd.fault("drop", {"op": "POST tickets"})
    with pytest.raises(requests.ConnectionError):
        api("POST", "tickets", {"ticket": {"comment": {"body": "x"}, "external_id": "odoo:2"}})
    assert api.get("tickets?external_id=odoo:2")["tickets"] == []


def test_zendesk_33_a_limit_on_command_comes_as_text_or_json(zd, api):
    zd.fault("rate_limit", retry_after=7)
    response = api("GET", "tickets")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.text == "Number of allowed API requests per minute exceeded"
    zd.fault("rate_limit", body="json")
    response = api("GET", "tickets")
    assert "Retry-After" not in response.headers and response.json()["error"] == "APIRateLimitExceeded"


def test_zendesk_34_missing_records_and_invalid_ones_differ(zd, zen, api):
    with refused(404, "RecordNotFound"):
        zen.tickets(id=404)
    check(api("GET", "no_such_thing"), 404, "InvalidEndpoint")
    check(api("POST", "tickets", data=b"{", headers={"Content-Type": "application/json"}), 400)
    response = api("POST", "users", {"user": {"name": "", "email": "ada@x"}})
    check(response, 422, "RecordInvalid")
    assert {name: entry[0]["error"] for name, entry in response.json()["details"].items()} == {
        "name": "BlankValue", "email": "InvalidFormat"
    }  # fmt: skip
    zd.fault("record_error", {"object": "ticket", "op": "create"}, description="Subject: is cursed")
    check(api("POST", "tickets", BODY), 422, "RecordInvalid", "is cursed")


def test_zendesk_35_outages_come_in_all_their_shapes(zd, api):
    zd.fault("status", status=503, retry_after=30)
    response = api("GET", "users/me")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    zd.fault("status", status=503)
    assert "Retry-After" not in api("GET", "users/me").headers
    zd.fault("html", status=502)
    response = api("GET", "users/me")
    assert response.status_code == 502 and response.headers["Content-Type"].startswith("text/html")
    zd.fault("slow", {"path": "users/me"}, seconds=60)
    with pytest.raises(requests.Timeout):
        api.session.get(f"{zd.base_url}/api/v2/users/me", timeout=0.3)
    zd.clear_faults()
    zd.fault("status", times=-1, for_seconds=600, status=500)
    assert api("GET", "users/me").status_code == 500
    zd.advance(601)
    assert api("GET", "users/me").status_code == 200


def test_zendesk_36_unknown_parameters_are_ignored_with_a_warning(api):
    response = api("POST", "tickets", {"ticket": {"comment": {"body": "x"}, "colour": "red"}})
    assert response.status_code == 201 and ":colour" in response.headers["x-zendesk-api-warn"]
    response = api("PUT", f"tickets/{response.json()['ticket']['id']}", {"ticket": {"subject": "x"}})
    assert "x-zendesk-api-warn" not in response.headers


def test_zendesk_46_the_control_api_is_not_counted_and_notes_who_wrote_what(zd, api):
    number = api("POST", "tickets", BODY, headers={"X-Correlation-ID": "run-5"}).json()["ticket"]["id"]
    zd.edit("ticket", number, user="agent", priority="low")
    written = zd.journal(object="ticket", id=number)
    assert [(each["op"], each["origin"], each["user"]) for each in written] == [
        ("create", "rest", zd.users["integration"]), ("update", "control", zd.users["agent"])
    ]  # fmt: skip
    call = next(each for each in zd.calls() if each["request_id"] == written[0]["request_id"])
    assert (call["endpoint"], call["status"], written[0]["correlation"]) == ("POST tickets", 201, "run-5")
    assert written[1]["fields"] == ["priority"]
    assert zd.counters()["calls"]["POST tickets"]["statuses"] == {"201": 1}
    check(api("GET", f"{zd.base_url}/__sim__x"), 404)
    with pytest.raises(ControlError):
        zd.config(no_such_switch=1)
    zd.reset()
    assert zd.stats()["records"]["ticket"] == 0
