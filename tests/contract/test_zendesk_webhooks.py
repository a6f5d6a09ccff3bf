"""Checklist items 37-42: webhooks, their signature, payloads, retries and breaker."""

import pytest
from zenpy.lib.api_objects import Webhook

from .zendesk_support import check, wait_for

CREATED, CHANGED, COMMENTED = "ticket.created", "ticket.status_changed", "ticket.comment_added"


def _types(endpoint):
    return [call.event["type"].removeprefix("zen:event-type:") for call in endpoint.calls]


def test_zendesk_37_zenpy_makes_a_webhook_and_reads_its_secret(zd, zen, api, endpoint):
    made = zen.webhooks.create(
        Webhook(name="odoo", status="active", endpoint=endpoint.url, http_method="POST", request_format="json",
                subscriptions=["zen:event-type:ticket.created"],
                authentication={"type": "bearer_token", "data": {"token": "t"}, "add_position": "header"})
    )  # fmt: skip
    secret = api.get(f"webhooks/{made.id}/signing_secret")["signing_secret"]
    assert secret["algorithm"] == "SHA256" and secret["secret"] == zen.webhooks.show_secret(made).secret
    api.ticket()
    [call] = wait_for(lambda: endpoint.calls)
    assert call.signed_with(secret["secret"]) and not call.signed_with("other")
    assert call.headers["user-agent"] == "Zendesk Webhook" and call.headers["authorization"] == "Bearer t"
    assert call.headers["x-zendesk-webhook-id"] == made.id and call.headers["x-zendesk-account-id"] == "12514403"
    assert call.headers["x-zendesk-webhook-invocation-id"]
    assert [each.name for each in zen.webhooks.list()] == ["odoo"]
    assert "secret" not in api.get(f"webhooks/{made.id}")["webhook"]


def test_zendesk_37_a_new_secret_signs_from_then_on(zd, api, endpoint):
    number, first = zd.webhook(endpoint.url, [CREATED])
    second = api("POST", f"webhooks/{number}/signing_secret").json()["signing_secret"]["secret"]
    api.ticket()
    [call] = wait_for(lambda: endpoint.calls)
    assert call.signed_with(second) and not call.signed_with(first)


def test_zendesk_38_payloads_have_text_ids_upper_case_words_and_a_sequence(zd, api, endpoint):
    field = zd.create("ticket_field", type="text", title="Order")
    number, _ = zd.webhook(endpoint.url, [CREATED, CHANGED, COMMENTED, "ticket.custom_field_changed"])
    ticket = api.ticket(priority="high", external_id="odoo:7")
    wait_for(lambda: len(endpoint.calls) == 2)
    event = next(call.event for call in endpoint.calls if call.event["type"].endswith("created"))
    assert set(event) == {
        "type", "account_id", "id", "time", "zendesk_event_version", "subject", "detail", "event"
    }  # fmt: skip
    assert event["subject"] == f"zen:ticket:{ticket['id']}" and event["detail"]["id"] == str(ticket["id"])
    assert (event["detail"]["status"], event["detail"]["priority"]) == ("NEW", "HIGH")
    assert event["detail"]["requester_id"] == str(ticket["requester_id"]) and event["time"].endswith("Z")
    del endpoint.calls[:]
    values = {"status": "pending", "comment": {"body": "hi"}, "custom_fields": [{"id": field, "value": "9"}]}
    api.update(ticket["id"], **values)
    wait_for(lambda: len(endpoint.calls) == 3)
    events = {call.event["type"].rpartition(".")[2]: call.event for call in endpoint.calls}
    changed = events["status_changed"]["event"]
    assert (changed["previous"], changed["current"]) == ("NEW", "PENDING")
    assert events["comment_added"]["event"]["comment"]["body"] == "hi"
    assert events["custom_field_changed"]["event"]["field"]["id"] == str(field)
    assert len({each["event"]["meta"]["sequence"]["id"] for each in events.values()}) == 1
    assert len({each["event"]["meta"]["sequence"]["position"] for each in events.values()}) == 3
    assert len({each["id"] for each in events.values()}) == 3
    zd.config(webhook_upper_case=False)
    api.update(ticket["id"], status="open")
    wait_for(lambda: len(endpoint.calls) == 4)
    assert endpoint.calls[3].event["event"]["current"] == "open"


def test_zendesk_38_users_and_organizations_are_reported_too(zd, api, endpoint):
    zd.webhook(endpoint.url, ["user.created", "user.name_changed", "organization.created", "user.merged"])
    first, second = (
        api("POST", "users", {"user": {"name": n, "email": f"{n}@example.com"}}).json()["user"]["id"] for n in "ab"
    )
    api("PUT", f"users/{first}", {"user": {"name": "Ada"}})
    api("POST", "organizations", {"organization": {"name": "Rossi"}})
    api("PUT", f"users/{first}/merge", {"user": {"id": second}})
    wait_for(lambda: len(endpoint.calls) == 5)
    assert sorted(_types(endpoint)) == [
        "organization.created", "user.created", "user.created", "user.merged", "user.name_changed"
    ]  # fmt: skip


@pytest.mark.parametrize(("method", "body"), [("POST", '{"ticket": {{ticket.id}}, "who": "{{ticket.requester.name}}"}'),
                                              ("GET", "")])  # fmt: skip
def test_zendesk_39_a_trigger_calls_with_a_free_body_or_none(zd, api, endpoint, method, body):
    number, secret = zd.webhook(endpoint.url, ["conditional_ticket_events"], http_method=method)
    conditions = {"all": [{"field": "current_tags", "operator": "includes", "value": "odoo"}], "any": []}
    action = {"field": "notification_webhook", "value": [number, body]}
    trigger = {"title": "Tell Odoo", "conditions": conditions, "actions": [action]}
    assert api("POST", "triggers", {"trigger": trigger}).status_code == 201
    api.ticket()
    ticket = api.ticket(tags=["odoo"], requester={"name": "Ada", "email": "ada@example.com"})
    [call] = wait_for(lambda: endpoint.calls)
    assert call.method == method and call.signed_with(secret)
    if body:
        assert call.event == {"ticket": ticket["id"], "who": "Ada"}
    else:
        assert call.body == b"" and "content-type" not in call.headers


def test_zendesk_39_events_and_triggers_do_not_share_a_webhook(api):
    both = {"name": "x", "endpoint": "https://odoo.example/in", "subscriptions": [
        "conditional_ticket_events", "zen:event-type:ticket.created"]}  # fmt: skip
    check(api("POST", "webhooks", {"webhook": both}), 422, "RecordInvalid")


@pytest.mark.parametrize(
    ("status", "headers", "attempts"),
    [(409, {}, 4), (503, {"Retry-After": "5"}, 4), (429, {"Retry-After": "30"}, 4), (503, {}, 1),
     (503, {"Retry-After": "600"}, 1), (500, {}, 1), (404, {}, 1)],
)  # fmt: skip
def test_zendesk_40_only_some_refusals_are_repeated(zd, api, endpoint, status, headers, attempts):
    number, _ = zd.webhook(endpoint.url, [CREATED])
    endpoint.answer(status, headers, times=9)
    api.ticket()
    wait_for(lambda: endpoint.calls)
    for count in range(2, attempts + 2):
        state = zd.wait_sent(number)
        assert (state["retrying"], len(endpoint.calls)) == (int(count <= attempts), count - 1)
        zd.advance(31)
    assert zd.webhook_state(number)["failed"] == 1
    ids = {call.headers["x-zendesk-webhook-invocation-id"] for call in endpoint.calls}
    [invocation] = api.get(f"webhooks/{number}/invocations")["invocations"]
    assert ids == {invocation["id"]} and invocation["status"] == "failed"
    found = api.get(f"webhooks/{number}/invocations/{invocation['id']}/attempts")["attempts"]
    assert [each["status_code"] for each in found] == [status] * attempts


def test_zendesk_40_a_timeout_is_repeated(zd, api, endpoint):
    zd.config(webhook_timeout_seconds=0.2)
    number, _ = zd.webhook(endpoint.url, [CREATED])
    endpoint.answer(200, pause=1.0)
    api.ticket()
    wait_for(lambda: zd.webhook_state(number)["retrying"])
    zd.advance(11)
    wait_for(lambda: zd.webhook_state(number)["delivered"] == 1)
    assert len(endpoint.calls) == 2


def test_zendesk_40_the_breaker_opens_loses_events_and_closes_after_a_probe(zd, api, endpoint):
    zd.config(breaker_minimum=4, webhook_parallel=1)
    zd.freeze(zd.now())
    number, _ = zd.webhook(endpoint.url, [CREATED])
    endpoint.answer(500, times=4)
    for _ in range(4):
        api.ticket()
    wait_for(lambda: zd.webhook_state(number)["breaker_open"])
    api.ticket()
    assert zd.webhook_state(number)["lost"] == 1 and len(endpoint.calls) == 4
    zd.advance(6)
    api.ticket()
    wait_for(lambda: zd.webhook_state(number)["delivered"] == 1)
    assert not zd.webhook_state(number)["breaker_open"]
    statuses = [each["status"] for each in api.get(f"webhooks/{number}/invocations")["invocations"]]
    assert statuses == ["success", "circuit_broken", *["failed"] * 4]


def test_zendesk_40_events_may_come_twice_and_out_of_order(zd, api, endpoint):
    zd.config(webhook_parallel=1)
    number, secret = zd.webhook(endpoint.url, [CREATED])
    zd.set_webhook(number, hold=True)
    numbers = [str(api.ticket()["id"]) for _ in range(12)]
    assert endpoint.calls == []
    zd.release(number, shuffle=True, duplicate_rate=1.0)
    zd.wait_sent(number)
    came = [call.event["detail"]["id"] for call in endpoint.calls]
    assert sorted(came, key=int) == sorted(numbers * 2, key=int) and came != sorted(came, key=int)
    assert len({call.event["id"] for call in endpoint.calls}) == 12
    assert all(call.signed_with(secret) for call in endpoint.calls)


def test_zendesk_41_deliveries_can_be_forged_stale_or_replayed(zd, api, endpoint):
    number, secret = zd.webhook(endpoint.url, [CREATED])
    stamp = "x-zendesk-webhook-signature-timestamp"
    zd.config(webhook_parallel=1)
    zd.set_webhook(number, flaws=["wrong_signature", "stale_timestamp"])
    for _ in range(3):
        api.ticket()
    wait_for(lambda: len(endpoint.calls) == 3)
    forged, stale, good = endpoint.calls
    assert not forged.signed_with(secret) and stale.signed_with(secret) and good.signed_with(secret)
    assert stale.headers[stamp] < good.headers[stamp]
    zd.replay(number)
    wait_for(lambda: len(endpoint.calls) == 4)
    again = endpoint.calls[3]
    assert (again.body, again.headers["x-zendesk-webhook-signature"], again.headers[stamp]) == (
        good.body, good.headers["x-zendesk-webhook-signature"], good.headers[stamp]
    )  # fmt: skip


def test_zendesk_42_the_integrations_own_changes_name_it_as_the_actor(zd, api, endpoint):
    zd.webhook(endpoint.url, [CHANGED])
    number = api.ticket()["id"]
    api.update(number, status="open")
    wait_for(lambda: len(endpoint.calls) == 1)
    zd.edit("ticket", number, user="agent", status="pending")
    wait_for(lambda: len(endpoint.calls) == 2)
    actors = [call.event["detail"]["actor_id"] for call in endpoint.calls]
    assert actors == [str(zd.users["integration"]), str(zd.users["agent"])]
