"""Events: whose they are, how old, whether they came before, and what they say."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.client import times
from retail_sync_helpdesk.client.replay import MemoryReplayStore, remember
from retail_sync_helpdesk.client.zendesk import webhooks

SECRET = "demo-signing-secret"
STAMP = "2026-05-20T09:44:32Z"
NOW = times.parse(STAMP)
BODY = b'{"id":"01HN","type":"zen:event-type:ticket.created"}'


def headers(body=BODY, stamp=STAMP, secret=SECRET):
    return {webhooks.TIMESTAMP: stamp, webhooks.SIGNATURE: webhooks.signature(secret, stamp, body)}


@pytest.mark.parametrize(
    "body, signature",
    [
        (BODY, "uPDqGs44ThlWc4472X3n5Qbb/+PvGZR0SLsXoVbx3mU="),
        (b"", "RJ8haAeye6EiAO4Dg4LBv3mdZHlhTKEslzpFz6PcGms="),
    ],
)
def test_the_vectors_of_the_contract_sheet(body, signature):
    assert webhooks.signature(SECRET, STAMP, body) == signature
    given_headers = {webhooks.TIMESTAMP: STAMP, webhooks.SIGNATURE: signature}
    assert webhooks.check_signature(given_headers, body, [SECRET], NOW).ok


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_only_the_signed_bytes_with_a_known_secret_pass(body, other, wrong, secret):
    signed = headers(body, secret=secret)
    assert webhooks.check_signature(signed, body, [wrong, secret], NOW).ok
    if other != body:
        assert webhooks.check_signature(signed, other, [secret], NOW).error == webhooks.MISMATCH
    if wrong.encode() != secret.encode():
        assert not webhooks.check_signature(signed, body, [wrong], NOW).ok


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_header_raises_and_none_passes_by_chance(signature, stamp):
    verdict = webhooks.check_signature({webhooks.SIGNATURE: signature, webhooks.TIMESTAMP: stamp}, b"{}", ["k"], NOW)
    assert not verdict.ok


@given(st.floats(-1000, 1000))
def test_a_time_of_signing_passes_within_the_tolerance_only(offset):
    verdict = webhooks.check_signature(headers(), BODY, [SECRET], NOW + offset, tolerance=300)
    assert verdict.ok == (abs(offset) <= 300)
    assert verdict.error == ("" if verdict.ok else webhooks.EXPIRED)


def test_the_secret_that_signed_is_named_while_secrets_are_changed():
    assert webhooks.check_signature(headers(), BODY, ["new", SECRET], NOW).secret == 1


@pytest.mark.parametrize("secrets", [[], [""], [b""]])
def test_no_secret_signs_nothing(secrets):
    for secret in ("", "\0"):
        assert not webhooks.check_signature(headers(secret=secret), BODY, secrets, NOW).ok


@pytest.mark.parametrize("missing", [webhooks.SIGNATURE, webhooks.TIMESTAMP])
def test_a_missing_header_is_named_as_such(missing):
    assert webhooks.check_signature({**headers(), missing: ""}, BODY, [SECRET], NOW).error == webhooks.MISSING


def test_a_clock_that_is_no_number_lets_nothing_pass():
    assert not webhooks.check_signature(headers(), BODY, [SECRET], float("nan")).ok


def test_the_time_belongs_to_what_is_signed():
    moved = {**headers(), webhooks.TIMESTAMP: "2026-05-20T09:44:33Z"}
    assert webhooks.check_signature(moved, BODY, [SECRET], NOW).error == webhooks.MISMATCH


def test_a_copy_of_an_accepted_call_is_recognised_for_as_long_as_its_signature_is_good():
    replays = MemoryReplayStore()
    assert webhooks.accept(headers(), BODY, [SECRET], NOW, replays).ok
    for later in (0, 100, 299, 300):
        assert webhooks.accept(headers(), BODY, [SECRET], NOW + later, replays).error == webhooks.REPLAYED
    assert webhooks.accept(headers(), BODY, [SECRET], NOW + 301, replays).error == webhooks.EXPIRED


def test_another_spelling_of_the_same_signature_is_the_same_call():
    replays = MemoryReplayStore()
    first = headers()
    assert webhooks.accept(first, BODY, [SECRET], NOW, replays).ok
    text = first[webhooks.SIGNATURE]
    # the last letter before the padding has bits that no byte of the digest uses
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = text[:-2] + letters[letters.index(text[-2]) | 1] + "="
    assert other != text
    assert base64.b64decode(other) == base64.b64decode(text)
    for spelling in (other, f" {text} "):
        copied = {**first, webhooks.SIGNATURE: spelling}
        assert webhooks.accept(copied, BODY, [SECRET], NOW, replays).error == webhooks.REPLAYED


def test_a_call_that_is_refused_is_not_remembered():
    replays = MemoryReplayStore()
    webhooks.accept({**headers(), webhooks.SIGNATURE: "AAAA"}, BODY, [SECRET], NOW, replays)
    assert replays.keys == {}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100)), max_size=40))
def test_a_key_is_new_once_within_the_time_it_is_remembered(calls):
    keys, accepted = {}, {}
    now = 0.0
    for key, step in calls:
        now += step
        keys, fresh = remember(keys, key, now, now + 150)
        if fresh:
            assert key not in accepted or now - accepted[key] >= 150
            accepted[key] = now
        else:
            assert key in accepted
    assert len(keys) <= 3


EVENT = {
    "type": "zen:event-type:ticket.status_changed",
    "account_id": 12514403,
    "id": "01HNXYZ",
    "time": "2026-05-20T09:44:32.123Z",
    "subject": "zen:ticket:35436",
    "detail": {"id": "35436", "external_id": "odoo:helpdesk:77", "actor_id": "62", "status": "PENDING"},
    "event": {"current": "PENDING", "meta": {"sequence": {"id": "01HN", "position": 2}}},
}


def test_an_event_names_its_record_its_actor_and_its_place_in_the_action():
    event = webhooks.parse({}, json.dumps(EVENT).encode())
    assert (event.key, event.kind, event.change, event.record) == ("01HNXYZ", "ticket", "status_changed", "35436")
    assert (event.account, event.actor, event.external_key) == ("12514403", "62", "odoo:helpdesk:77")
    assert (event.action, event.position) == ("01HN", 2)
    assert event.at == pytest.approx(NOW + 0.123)


def test_an_event_without_details_is_known_by_its_subject():
    event = webhooks.parse({}, json.dumps({**EVENT, "detail": None}).encode())
    assert event.record == "35436"


@pytest.mark.parametrize("user, echo", [("62", True), ("63", False), ("", False)])
def test_what_our_own_user_did_is_an_echo(user, echo):
    assert webhooks.parse({}, json.dumps(EVENT).encode()).is_echo(user) is echo


@pytest.mark.parametrize("actor", ["", "0", None])
def test_an_event_without_an_actor_is_nobodys_echo(actor):
    body = {**EVENT, "detail": {**EVENT["detail"], "actor_id": actor}}
    assert not webhooks.parse({}, json.dumps(body).encode()).is_echo("0")


def test_a_triggers_call_is_known_by_its_invocation():
    found = webhooks.parse(
        {webhooks.INVOCATION: "01INV", webhooks.ACCOUNT: "9", webhooks.TIMESTAMP: STAMP}, b'{"ticket_id": "35436"}'
    )
    assert (found.key, found.record, found.account, found.at) == ("01INV", "35436", "9", NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{}",
        b"[" * 200_000,
        b'{"ticket_id": "../1"}',
        json.dumps({**EVENT, "id": None}).encode(),
        json.dumps({**EVENT, "id": "a b"}).encode(),
        json.dumps({**EVENT, "detail": {}, "subject": "x"}).encode(),
        b" " * (webhooks.MAX_BODY + 1),
    ],
)
def test_a_body_that_is_no_event_is_refused_without_quoting_it(body):
    with pytest.raises(webhooks.EventError) as caught:
        webhooks.parse({webhooks.INVOCATION: "01INV"}, body)
    assert ".." not in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["type", "id", "detail", "event", "meta", "subject", "ticket", "sequence", "time"]),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_makes_parsing_fail_otherwise(content):
    try:
        webhooks.parse({webhooks.INVOCATION: "01INV"}, json.dumps(content).encode())
    except webhooks.EventError:
        return
