"""A preview token proves what was shown, to whom and when; anything else is refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.preview_token import LIFETIME, Preview, TokenState, check_token, issue_token
from retail_sync_helpdesk.domain.api.signed_text import SigningKey, sign_text

KEYS = [SigningKey("k2", b"n" * 32), SigningKey("k1", b"o" * 32)]
NOW = datetime(2026, 11, 30, 12)
D = Decimal
SHOWN = Preview(
    "key/3",
    "refund",
    7,
    {11: D(2), 12: D("0.5")},
    {"total": D("59.90"), "money": D("40")},
    "EUR",
    "4/2",
    9,
    {"reason": "damaged"},
)
quantities = st.integers(0, 500).map(lambda number: Decimal(number) / 100)
previews = st.builds(
    Preview,
    st.sampled_from(["key/3", "user/3"]),
    st.sampled_from(["refund", "cancel"]),
    st.integers(1, 2),
    st.dictionaries(st.integers(1, 3), quantities, max_size=3),
    st.dictionaries(st.sampled_from(["total", "money"]), quantities, max_size=2),
    st.sampled_from(["EUR", "USD"]),
    st.sampled_from(["", "4/2"]),
    st.integers(0, 2),
    st.dictionaries(st.sampled_from(["reason", "method"]), st.sampled_from(["a", "b"]), max_size=2),
)


def check(present, token=None, now=NOW, keys=KEYS):
    return check_token(token or issue_token(SHOWN, NOW, KEYS), present, now, keys)


@given(previews)
def test_a_preview_that_is_the_same_is_accepted(preview):
    assert check(preview, issue_token(preview, NOW, KEYS)).accepted


@settings(max_examples=300)
@given(previews, previews)
def test_a_token_is_accepted_for_what_was_shown_alone(shown, present):
    verdict = check(present, issue_token(shown, NOW, KEYS))
    assert verdict.accepted is (shown.values() == present.values())
    assert bool(verdict.changed) is (verdict.state is TokenState.stale)


def test_the_spelling_of_a_number_and_the_order_of_lines_make_nothing_stale():
    again = replace(
        SHOWN, lines={12: D("0.50"), 11: D("2.0"), 13: D(0)}, amounts={"money": D("40.00"), "total": D("59.9")}
    )
    assert check(again).accepted


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"money_version": 10}, ("money_version",)),
        ({"policy": "4/3"}, ("policy",)),
        ({"currency": "USD"}, ("currency",)),
        ({"lines": {11: D(1), 12: D("0.5")}}, ("lines.11",)),
        ({"lines": {12: D("0.5"), 13: D(1)}}, ("lines.11", "lines.13")),
        ({"amounts": {"total": D("59.89"), "money": D("40")}}, ("amounts.total",)),
        ({"options": {"reason": "late"}}, ("options",)),
    ],
)
def test_a_stale_preview_names_what_has_changed(changes, changed):
    verdict = check(replace(SHOWN, **changes))
    assert (verdict.state, verdict.changed) == (TokenState.stale, changed)


@pytest.mark.parametrize("changes", [{"actor": "key/4"}, {"action": "cancel"}, {"order_id": 8}])
def test_a_token_of_another_actor_action_or_order_is_foreign(changes):
    assert check(replace(SHOWN, **changes)).state is TokenState.foreign


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(), TokenState.valid),
        (LIFETIME, TokenState.valid),
        (LIFETIME + timedelta(seconds=1), TokenState.expired),
        (timedelta(seconds=-5), TokenState.valid),
        (timedelta(seconds=-6), TokenState.expired),
    ],
)
def test_a_token_lives_for_ten_minutes(after, state):
    assert check(SHOWN, now=NOW + after).state is state


def test_an_expired_token_says_so_even_if_the_order_has_changed():
    assert check(replace(SHOWN, money_version=10), now=NOW + timedelta(hours=1)).state is TokenState.expired


def test_a_key_is_changed_without_refusing_open_previews():
    old = issue_token(SHOWN, NOW, KEYS[1:])
    assert check(SHOWN, old).accepted
    assert check(SHOWN, old, keys=KEYS[:1]).state is TokenState.invalid


@given(st.integers(0, 10_000), st.sampled_from("AZaz09-_."))
def test_a_changed_character_makes_it_invalid(position, character):
    token = issue_token(SHOWN, NOW, KEYS)
    position %= len(token)
    other = token[:position] + character + token[position + 1 :]
    if other != token:
        assert check(SHOWN, other).state is TokenState.invalid


@pytest.mark.parametrize("token", [None, "", "a.b.c", 5, b"a.b.c"])
def test_what_is_no_token_is_invalid(token):
    assert check_token(token, SHOWN, NOW, KEYS).state is TokenState.invalid


@pytest.mark.parametrize("until", [None, "soon", 1e99, [1]])
def test_a_signed_text_without_a_time_is_expired(until):
    text = sign_text("preview-token-1", {**SHOWN.values(), "until": until}, KEYS)
    assert check(SHOWN, text).state is TokenState.expired
