"""Classes of differences between both sides."""

import pytest

from retail_sync.domain.canonical.schema import FieldSpec
from retail_sync.domain.comparison.classify import Directions, Finding, Kind, Off, compare, needs_reading, off_at

SPECS = {name: FieldSpec(name, kind) for name, kind in (("name", "text"), ("phone", "phone"), ("flag", "bool"))}
BOTH = Directions(frozenset(SPECS), frozenset(SPECS))
BASE = {"name": "A", "phone": "+390432111111", "flag": False}


def found(local=None, remote=None, directions=BOTH, base=BASE):
    return compare(base, {**BASE, **(local or {})}, remote and {**BASE, **remote}, SPECS, directions)


@pytest.mark.parametrize(
    ("local", "remote", "kind", "names"),
    [
        ({}, None, None, set()),
        ({}, {"name": "A"}, None, set()),
        ({"phone": "+39 0432 111111"}, None, None, set()),
        ({"name": "B"}, None, Kind.changed_by_hand, {"name"}),
        ({}, {"name": "B"}, Kind.stale, {"name"}),
        ({"name": "B"}, {"name": "C"}, Kind.conflict, {"name"}),
        ({"name": "B"}, {"name": "B"}, None, set()),
        ({"name": "B"}, {"phone": None}, Kind.stale, {"name", "phone"}),
        ({"flag": True}, None, Kind.changed_by_hand, {"flag"}),
    ],
)
def test_classes(local, remote, kind, names):
    finding = found(local, remote)
    assert (finding.kind, finding.names) == (kind, names)


def test_what_cannot_travel_is_no_difference():
    only_in = Directions(frozenset(), frozenset(SPECS))
    assert found({"name": "B"}, None, only_in).kind is None
    assert found({}, {"name": "B"}, Directions(frozenset(SPECS), frozenset())).kind is None


def test_a_value_of_the_platform_that_was_edited_here_is_a_difference():
    owned = Directions(frozenset(), frozenset(SPECS), frozenset({"name"}))
    assert found({"name": "B"}, None, owned).kind is Kind.changed_by_hand


def test_a_value_that_was_never_exchanged_has_to_be_read():
    base = {"name": "A"}
    assert needs_reading(base, {"name": "A", "phone": "+390432111111"}, SPECS, {"phone"})
    assert not needs_reading(base, {"name": "A", "phone": "+390432111111"}, SPECS, {"name"})
    assert not needs_reading(base, {"name": "A", "phone": None, "flag": False}, SPECS, {"phone", "flag"})
    finding = compare(base, BASE, {"name": "A", "phone": None}, SPECS, BOTH)
    assert finding.names == {"phone"}


def test_what_the_platform_does_not_report_is_no_difference():
    assert compare({"name": "A"}, BASE, {"name": "A"}, SPECS, BOTH).kind is None
    assert compare({"name": "A"}, BASE, None, SPECS, BOTH).kind is None


def test_parts_add_up():
    finding = Finding(remote_changed={"a"})
    finding.add(Finding(both={"b"}))
    assert (finding.kind, finding.names) == (Kind.conflict, {"a", "b"})


def test_the_period_of_a_field_explains_more_than_that_of_a_stream():
    stream, line, past = Off(10, None), Off(12, 30, "phone"), Off(1, 5)
    assert off_at([stream, line, past], 20, {"phone"}) == line
    assert off_at([stream, line, past], 20, {"name"}) == stream
    assert off_at([line, past], 20, {"name"}) is None
    assert off_at([stream, line, past], 31, {"phone"}) == stream
