import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync.domain.security.webhook_signature import (
    EXPIRED,
    MALFORMED,
    MISMATCH,
    MISSING,
    Verdict,
    check_signature,
    sign,
)

KEY = "k3y-of-the-flow"
BODY = b'{"ids": ["001A"]}'
NOW = 1_700_000_000
HEX = hmac.new(KEY.encode(), b"%d." % NOW + BODY, hashlib.sha256).hexdigest()

keys = st.binary(min_size=1, max_size=64)
bodies = st.binary(max_size=200)
headers = (
    st.none()
    | st.text(max_size=200)
    | st.binary(max_size=200)
    | st.builds(
        "{}={},{}={}".format,
        st.sampled_from(["t", "v1", "T", " t"]),
        st.sampled_from([str(NOW), "-1", "1e9", "٣", "9" * 13, "", HEX]),
        st.sampled_from(["v1", "t", "v0", " v1 "]),
        st.sampled_from([HEX, HEX.upper(), HEX[:-1], HEX + "0", "é" * 64, "", str(NOW)]),
    )
)


def check(header, body=BODY, accepted=(KEY,), now=NOW, **more):
    return check_signature(header, body, accepted, now, **more)


def test_the_form_that_senders_have_to_write():
    assert sign(KEY, BODY, NOW) == f"t={NOW},v1={HEX}"
    assert check(f"t={NOW},v1={HEX}") == Verdict(True, "", NOW, 0)


@pytest.mark.parametrize(
    "header",
    [
        f" t={NOW} , v1={HEX} ",
        f"v1={HEX},t={NOW}",
        f"t={NOW},v1={HEX.upper()}",
        f"t={NOW},v0=abc,v1={HEX}",
        f"t={NOW},v1={'0' * 64},v1={HEX}",
        f"t={NOW},v1={HEX}".encode(),
    ],
)
def test_accepted(header):
    assert check(header).ok


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, MISSING),
        ("", MISSING),
        ("  ", MISSING),
        (b"", MISSING),
        ("nonsense", MALFORMED),
        (f"v1={HEX}", MALFORMED),
        (f"t={NOW}", MALFORMED),
        (f"t={NOW},t={NOW},v1={HEX}", MALFORMED),
        (f"t=-{NOW},v1={HEX}", MALFORMED),
        (f"t={NOW}.5,v1={HEX}", MALFORMED),
        (f"t={NOW},v1={HEX[:-1]}", MALFORMED),
        (f"t={NOW},v1={HEX}00", MALFORMED),
        (f"t={NOW},v1=" + "g" * 64, MALFORMED),
        (f"t={NOW},v1={HEX}\n", None),  # outer white space does not count
        (f"t={NOW}" + f",v1={HEX}" * 5, MALFORMED),
        (f"t={NOW},v1={HEX}," + "x=" + "y" * 2000, MALFORMED),
        (f"t={NOW},v1={'0' * 64}", MISMATCH),
        (f"t={NOW + 1},v1={HEX}", MISMATCH),  # the time is signed too
        (f"t={NOW - 301},v1={HEX}", EXPIRED),
    ],
)
def test_refused(header, error):
    verdict = check(header)
    assert (verdict.ok, verdict.error) == (error is None, error or "")


@pytest.mark.parametrize(
    ("skew", "ok"), [(0, True), (300, True), (-300, True), (301, False), (-301, False), (300.5, False)]
)
def test_the_window_holds_both_ways(skew, ok):
    assert check(sign(KEY, BODY, NOW), now=NOW + skew).ok is ok
    assert check(sign(KEY, BODY, NOW), now=NOW + skew).error == ("" if ok else EXPIRED)


def test_a_narrower_window():
    assert check(sign(KEY, BODY, NOW), now=NOW + 11, window=10).error == EXPIRED


def test_a_clock_that_is_no_number_lets_nothing_pass():
    assert check(sign(KEY, BODY, NOW), now=float("nan")).error == EXPIRED


def test_rotation_tells_which_key_has_signed():
    assert check(sign("old", BODY, NOW), accepted=["new", b"old"]).key == 1
    assert check(sign("new", BODY, NOW), accepted=["new", "old"]).key == 0
    assert check(sign("old", BODY, NOW), accepted=["new"]).error == MISMATCH
    both = f"{sign('old', BODY, NOW)},{sign('new', BODY, NOW).split(',')[1]}"
    assert check(both, accepted=["new"]).ok and check(both, accepted=["old"]).ok


@pytest.mark.parametrize("accepted", [[], [""], [b""], [None]])
def test_an_empty_key_is_no_key(accepted):
    empty = hmac.new(b"", b"%d." % NOW + BODY, hashlib.sha256).hexdigest()
    assert check(f"t={NOW},v1={empty}", accepted=accepted).error == MISMATCH
    zero = hmac.new(b"\0", b"%d." % NOW + BODY, hashlib.sha256).hexdigest()
    assert check(f"t={NOW},v1={zero}", accepted=accepted).error == MISMATCH


def test_signing_with_an_empty_key_is_refused():
    with pytest.raises(ValueError, match="empty key"):
        sign("", BODY, NOW)


@given(keys, bodies, st.integers(0, 10**11), st.integers(-300, 300))
def test_what_is_signed_is_accepted(key, body, at, skew):
    assert check_signature(sign(key, body, at), body, [key], at + skew) == Verdict(True, "", at, 0)


@given(keys, bodies, bodies, keys)
def test_another_body_or_key_is_refused(key, body, other_body, other_key):
    header = sign(key, body, NOW)
    if other_body != body:
        assert check_signature(header, other_body, [key], NOW).error == MISMATCH
    # HMAC pads keys with zeros: those that differ in them only are one key.
    if other_key.rstrip(b"\0") != key.rstrip(b"\0"):
        assert check_signature(header, body, [other_key], NOW).error == MISMATCH


@settings(max_examples=500)
@given(headers, bodies, st.lists(st.binary(max_size=8) | st.text(alphabet="aé", max_size=8), max_size=3))
def test_nothing_breaks_it_and_nothing_forged_passes(header, body, accepted):
    verdict = check_signature(header, body, accepted, NOW)
    assert not verdict.ok and verdict.key is None
    assert verdict.error in (MISSING, MALFORMED, EXPIRED, MISMATCH)
