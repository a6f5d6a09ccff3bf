"""The parts that need no server: tables, change order, signatures, breaker, tags, times."""

import pytest

from tests.simulators.zendesk import field_values, times
from tests.simulators.zendesk.breaker import Breaker
from tests.simulators.zendesk.config import Config
from tests.simulators.zendesk.errors import ApiError, Problems
from tests.simulators.zendesk.table import ChangeLog, Table
from tests.simulators.zendesk.webhook_signature import sign

STAMP = "2026-05-20T09:44:32Z"


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (b'{"id":"01HN","type":"zen:event-type:ticket.created"}', "uPDqGs44ThlWc4472X3n5Qbb/+PvGZR0SLsXoVbx3mU="),
        (b"", "RJ8haAeye6EiAO4Dg4LBv3mdZHlhTKEslzpFz6PcGms="),
    ],
)
def test_signatures_are_those_of_the_contract_sheet(body, signature):
    assert sign("demo-signing-secret", STAMP, body) == signature


def test_a_row_is_found_under_its_new_keys_only():
    table = Table(tag=lambda row: row["tags"])
    table.put({"id": 5, "tags": ["a", "b"]})
    table.put({"id": 2, "tags": ["a"]})
    table.put({"id": 5, "tags": ["b", "c"]})
    assert [row["id"] for row in table.find("tag", "a")] == [2]
    assert [row["id"] for row in table.find("tag", "c")] == [5]
    assert [row["id"] for row in table] == [2, 5]
    table.remove(2)
    assert not table.has("tag", "a") and [row["id"] for row in table] == [5]


def test_the_change_log_shows_each_id_once_at_its_last_change():
    log = ChangeLog()
    for number, moment in ((1, 10), (2, 10), (3, 11), (1, 12)):
        log.put(number, moment)
    first, position, ended = log.page((0, -1), 12, 2)
    assert (first, ended) == ([2, 3], False)
    log.put(2, 13)
    assert log.page(position, 12, 5)[0] == [1]
    assert log.page(position, 13, 5)[0] == [1, 2]
    assert log.page((11, -1), 11, 5) == ([3], (11, 3), True)


def test_a_change_that_is_dated_back_stands_at_its_date():
    log = ChangeLog()
    for number, moment in ((1, 10), (2, 20), (3, 15)):
        log.put(number, moment)
    assert log.page((0, -1), 99, 9)[0] == [1, 3, 2]


def test_a_page_by_time_holds_whole_seconds():
    log = ChangeLog()
    for number in range(5):
        log.put(number, 10 + (number == 4))
    assert log.since(10, 99, 2) == ([0, 1, 2, 3], 10, False)
    assert log.since(11, 99, 2) == ([4], 11, True)


def test_the_breaker_opens_above_its_share_and_lets_one_call_probe():
    breaker = Breaker(Config(breaker_minimum=10, breaker_pause_seconds=5))
    for i in range(10):
        breaker.note(i < 3, 100.0)
    assert not breaker.is_open(), "70 % are not more than 70 %"
    breaker.note(False, 101.0)
    assert breaker.is_open() and not breaker.may_send(105.9)
    assert breaker.may_send(106.0) and not breaker.may_send(106.0)
    breaker.note(False, 106.5)
    assert not breaker.may_send(111.0) and breaker.may_send(111.5)
    breaker.note(True, 112.0)
    assert not breaker.is_open()


def test_failures_of_another_window_are_forgotten():
    breaker = Breaker(Config(breaker_minimum=4))
    for _ in range(3):
        breaker.note(False, 0.0)
    breaker.note(False, 301.0)
    assert not breaker.is_open()


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("integer", "12", "12"), ("integer", 12, "12"), ("decimal", 1.5, "1.5"), ("checkbox", "true", True),
        ("checkbox", None, False), ("date", "2026-05-20T10:00:00Z", "2026-05-20"), ("text", "", None),
        ("multiselect", [], []),
    ],
)  # fmt: skip
def test_field_values_are_stored_by_their_type(kind, value, stored):
    problems = Problems()
    field = {"type": kind, "title": "F", "custom_field_options": []}
    assert field_values.read(field, value, problems, numbers_as_text=True, unknown_options="refuse") == stored
    assert problems.details == {}


@pytest.mark.parametrize(("kind", "value"), [("integer", "1.5"), ("decimal", "x"), ("date", "20.5.2026"),
                                             ("regexp", "abc"), ("tagger", "none")])  # fmt: skip
def test_field_values_of_another_form_are_refused(kind, value):
    problems = Problems()
    field = {"type": kind, "title": "F", "custom_field_options": [], "regexp_for_validation": r"\d+"}
    field_values.read(field, value, problems, numbers_as_text=True, unknown_options="refuse")
    with pytest.raises(ApiError):
        problems.check()


def test_tags_are_lower_case_and_free_of_spaces():
    assert field_values.normal_tags(["B", "a c", "a"]) == ["a", "b", "c"]
    assert field_values.normal_tags(["a c"], "underscore") == ["a_c"]
    assert field_values.normal_tags("x, Y z") == ["x", "y", "z"]


def test_times_are_read_with_any_zone():
    assert times.normal("2026-05-20T11:44:32.5+02:00") == STAMP
    assert times.normal("2026-05-20") == "2026-05-20T00:00:00Z"
    assert times.normal("soon") is None


def test_a_switch_takes_values_of_its_type_only():
    config = Config()
    for changes in ({"nothing": 1}, {"rate_limit": "many"}, {"tag_spaces": 1}):
        with pytest.raises(ValueError, match="switches|takes"):
            config.update(changes)
    config.update({"rate_limit": 0, "index_delay_seconds": 0.5})
    assert (config.rate_limit, config.index_delay_seconds) == (0, 0.5)
