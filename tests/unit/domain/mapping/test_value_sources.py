"""What was agreed on about a field holds while it is read from the same place."""

from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.value_sources import after_change, sources_of

NOTES = MapRow("notes", "Description", direction="both")


def change(before, *states):
    """Return the fields that lose what was agreed on, in each of the states of a mapping after the first one."""
    held, lost = sources_of(before), []
    for rows in states:
        held, replaced = after_change(held, sources_of(rows))
        lost.append(replaced)
    return lost


def test_off_and_on_again_loses_nothing():
    assert change([NOTES], [], [NOTES]) == [set(), set()]


def test_another_place_in_its_stead():
    other = MapRow("notes", "Loyalty_Tier__c", direction="both")
    assert change([NOTES], [], [other]) == [set(), {("main", "notes")}]
    assert change([NOTES], [other]) == [{("main", "notes")}]
    assert change([NOTES], [other], [NOTES]) == [{("main", "notes")}, {("main", "notes")}]


def test_another_conversion():
    assert change([NOTES], [MapRow("notes", "Description", "line", direction="both")]) == [{("main", "notes")}]


def test_a_line_that_only_writes_is_no_source():
    out = MapRow("notes", "Description", direction="out")
    assert change([NOTES], [out], [NOTES]) == [set(), set()]


def test_parts_are_separate():
    here = MapRow("city", "BillingCity", part="main", direction="both")
    there = MapRow("city", "ShippingCity", part="delivery", direction="both")
    assert change([here, there], [here, MapRow("city", "Other", part="delivery", direction="both")]) == [
        {("delivery", "city")}
    ]
