import pytest

from retail_sync.domain.values.tax_ids import is_prescribed, normalise_vat, vat_keys


def test_a_number_is_looked_for_with_and_without_its_prefix():
    assert vat_keys("IT00743110157") == ["IT00743110157", "00743110157"]
    assert vat_keys("00743110157") == ["00743110157"]


@pytest.mark.parametrize("value", [None, "", "/", "n/a", "IT000", "00000000T", "X-0000000-T", "P000000000A"])
def test_no_number_has_no_spelling(value):
    assert vat_keys(value) == []


def test_letters_that_are_no_eu_prefix_belong_to_the_number():
    assert normalise_vat("CHE-107.787.577 IVA") == "CHE107787577IVA"
    assert vat_keys("CHE-107.787.577") == ["CHE107787577"]


@pytest.mark.parametrize(
    "text",
    [
        *("XAXX010101000", "XEXX-010101-000", "MXXAXX010101000", "66.666.666-6", "55555555-5", "222222222222"),
        *(
            "222.222.222-2",
            "9999999999999",
            "44444401-7",
            "99001",
            "C/F",
            "23-00000000-0",
            "55000000018",
            "PT999999990",
        ),
        *("EI00000000010", "URP", "PANNOTAVBL", "100000000000", "11111111111"),
    ],
)
def test_a_number_that_the_law_prescribes_is_a_value_and_no_evidence(text):
    number = normalise_vat(text)
    assert number and is_prescribed(number)
    assert vat_keys(text) == []


@pytest.mark.parametrize("text", ["GODE561231GR8", "76.192.083-9", "DE136695976", "IT00743110157", "20-12345678-6"])
def test_a_number_of_a_single_customer_is_evidence(text):
    assert not is_prescribed(normalise_vat(text))
    assert vat_keys(text)
