import pytest

from retail_sync.domain.values.tax_ids import normalise_vat, vat_equal, vat_keys


def test_a_missing_prefix_does_not_tell_two_numbers_apart():
    assert vat_equal("IT 00743110157", "00743110157")
    assert vat_equal("00743110157", "it00743110157")
    assert vat_keys("IT00743110157") == ["IT00743110157", "00743110157"]
    assert vat_keys("00743110157") == ["00743110157"]


def test_two_prefixes_do():
    assert not vat_equal("IT00743110157", "FR00743110157")


@pytest.mark.parametrize("value", [None, "", "/", "n/a", "IT000"])
def test_nothing_equals_nothing(value):
    assert not vat_equal(value, value)
    assert vat_keys(value) == []


def test_letters_that_are_no_eu_prefix_belong_to_the_number():
    assert normalise_vat("CHE-107.787.577 IVA") == "CHE107787577IVA"
    assert vat_keys("CHE-107.787.577") == ["CHE107787577"]
