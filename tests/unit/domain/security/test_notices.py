import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security.event_notice import Notice, NoticeError, moment, parse

EVENT = {
    "eventId": "5c1e7a52-1a2b-4c3d-8e9f-000000000001",
    "account": "00D5g000004XyzAEAS",
    "object": "Account",
    "recordId": "0015g00000AbCdEAAV",
    "changeType": "UPDATE",
    "changedAt": "2026-05-20T09:44:32.000+0000",
    "changedFields": ["Phone"],
}
NOTICE = Notice(EVENT["eventId"], "Account", EVENT["recordId"], 1779270272000, EVENT["account"])


def encode(value):
    return json.dumps(value).encode()


@pytest.mark.parametrize("body", [EVENT, [EVENT], {"events": [EVENT]}])
def test_one_event(body):
    assert parse(encode(body)) == [NOTICE]


def test_what_is_said_once_for_all():
    bare = {name: value for name, value in EVENT.items() if name not in ("account", "changedAt")}
    notices = parse(encode({"account": EVENT["account"], "events": [bare, dict(bare, eventId="2")]}))
    assert [notice.account for notice in notices] == [EVENT["account"]] * 2
    assert notices[0].at is None


def test_a_platform_may_have_its_own_names():
    body = {**EVENT, "org": EVENT["account"], "stamp": EVENT["changedAt"]}
    del body["account"], body["changedAt"]
    assert parse(encode(body), at="stamp", account="org") == [NOTICE]
    assert parse(encode(body)) == [Notice(NOTICE.key, NOTICE.remote_object, NOTICE.external_id)]


@pytest.mark.parametrize("count", [0, 201])
def test_how_many(count):
    with pytest.raises(NoticeError):
        parse(encode([EVENT] * count))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("eventId", None),
        ("eventId", ""),
        ("eventId", 5),
        ("eventId", "a" * 129),
        ("eventId", "a\x00b"),
        ("eventId", "a\n"),
        ("eventId", "\ud800"),
        ("object", "Account'"),
        ("object", "A" * 81),
        ("object", {}),
        ("recordId", "a b"),
        ("recordId", ["0015g00000AbCdEAAV"]),
        ("recordId", "x" * 65),
        ("account", 7),
        ("account", "\x00"),
    ],
)
def test_values_that_are_none(name, value):
    with pytest.raises(NoticeError):
        parse(encode(dict(EVENT, **{name: value})))


@pytest.mark.parametrize(
    "body",
    [b"", b"nul", b"5", b'"a"', b"[[]]", b"\xff", b"[" * 100000, b'{"events": {}}', b'{"a": ' + b"1" * 5000 + b"}"],
)
def test_bodies_that_are_none(body):
    with pytest.raises(NoticeError):
        parse(body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-20T09:44:32Z", 1779270272000),
        ("2026-05-20T11:44:32.500+02:00", 1779270272500),
        ("2026-05-20T09:44:32", None),
        ("2026-13-20T09:44:32Z", None),
        ("x" * 50, None),
        (12, None),
        (None, None),
    ],
)
def test_times_are_only_for_people(text, expected):
    assert moment(text) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*EVENT, "events", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_any_json_is_read_or_refused(value):
    try:
        notices = parse(json.dumps(value).encode("utf-8", "surrogatepass"))
    except NoticeError:
        return
    assert all(isinstance(notice, Notice) and notice.key.isascii() for notice in notices)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(body):
    with pytest.raises(NoticeError):
        parse(body)
