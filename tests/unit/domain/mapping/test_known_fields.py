"""A path that the platform does not have is found, and the one that was meant is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.mapping.known_fields import nearest, unknown_paths

KNOWN = {
    "Name": "Account Name",
    "Loyalty_Tier__c": "Loyalty Tier",
    "Phone": "Account Phone",
    "BillingAddress": "Billing Address",
    "Owner.": "Owner",
}


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("Name", False),
        ("name", False),
        ("Owner.Email", False),
        ("owner.Email", False),
        ("BillingAddress.city", False),
        ("Loyalty_Teir__c", True),
        ("Ovner.Email", True),
        ("Owner", True),
        (" Phone ", False),
    ],
)
def test_unknown(path, unknown):
    assert unknown_paths([path], KNOWN) == ([path] if unknown else [])


def test_nothing_is_unknown_where_nothing_is_known():
    assert unknown_paths(["Anything", "At.All"], {}) == []


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("Loyalty_Teir__c", "Loyalty_Tier__c"),
        ("Loyalty Tier", "Loyalty_Tier__c"),
        ("Ovner.Email", "Owner.Email"),
        ("phon", "Phone"),
        ("zzzzzzzz", None),
    ],
)
def test_nearest(path, meant):
    assert nearest(path, KNOWN) == meant


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z_]{1,12}\.?", fullmatch=True), st.text(max_size=8), min_size=1), st.text()
)
def test_what_is_offered_is_known(known, path):
    found = nearest(path, known)
    assert found is None or unknown_paths([found], known) == []
