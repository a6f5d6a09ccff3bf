"""Two platforms that own the same field: neither corrects the other for ever."""

from retail_sync.domain.reconcile.three_way import APPLY, UNTOUCHED, OwnershipRule

from ..customer_values import merge

OWNERSHIP_RULES = [OwnershipRule("parent", "remote", "owner_wins")]


def test_value_of_another_connection_is_left_alone():
    """Each delivery wrote its own platform's value over the other's: four rounds a second, without an end."""
    result = merge({"parent": "A"}, {"parent": "A"}, {"parent": "B"}, OWNERSHIP_RULES, foreign={"parent"})
    assert result.outcomes["parent"] == UNTOUCHED
    assert (result.apply, result.push, result.base["parent"]) == ({}, {}, "A")


def test_edit_of_a_person_is_taken_back_as_before():
    result = merge({"parent": "A"}, {"parent": "A"}, {"parent": "B"}, OWNERSHIP_RULES)
    assert result.outcomes["parent"] == APPLY and result.apply == {"parent": "A"}


def test_news_of_the_platform_counts_whoever_was_last():
    result = merge({"parent": "A"}, {"parent": "C"}, {"parent": "B"}, OWNERSHIP_RULES, foreign={"parent"})
    assert result.apply == {"parent": "C"}
