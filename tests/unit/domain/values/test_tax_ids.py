import pytest

from retail_sync.domain.values.tax_ids import normalise_vat, vat_keys


def test_a_number_is_looked_for_with_and_without_its_prefix():
    assert vat_keys("IT00743110157") == ["IT00743110157", "00743110157"]
    assert vat_keys("00743110157") == ["00743110157"]


@pytest.mark.parametrize("value", [None, "", "/", "n/a", "IT000"])
def test_no_number_has_no_spelling(value):
    assert vat_keys(value) == []


def test_letters_that_are_no_eu_prefix_belong_to_the_number():
    assert normalise_vat("CHE-107.787.577 IVA") == "CHE107787577IVA"
    assert vat_keys("CHE-107.787.577") == ["CHE107787577"]
