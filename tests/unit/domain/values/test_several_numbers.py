"""Phone fields that hold more, or less, than one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.kinds import equal
from retail_sync.domain.mapping.transforms import TransformContext, phone_e164
from retail_sync.domain.values.phones import is_e164, parse_phone, split_numbers


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("089 1234 / 5678", "DE"),
        ("089 12345-10/-20", "DE"),
        ("089 12345-10 bis -20", "DE"),
        ("089 12345-10-20", "DE"),
        ("089 12345-10 - -20", "DE"),
        ("089 12345-10...20", "DE"),
        ("089 1234 - 5678", "DE"),
        ("0911 12345 [678]", "DE"),
        ("01 58858 DW 13-15", "AT"),
        ("0911 12345 or 678", "DE"),
        ("0911 12345 oder 0171 1234567", "DE"),
        ("0911 12345 u. 678", "DE"),
        ("0911 12345, 678", "DE"),
        ("0911 12345; 0911 678", "DE"),
        ("0911 12345 | 678", "DE"),
        ("0911 12345 & 678", "DE"),
        ("0911 12345 + 678", "DE"),
        ("0911 12345\n678", "DE"),
        ("+49 911 12345 / +49 911 678", "DE"),
        ("+49 911 12345 +49 911 678", "DE"),
        ("0911 12345 0049 911 678", "DE"),
        ("01 58858 / 13", "AT"),
        ("0432 123456/7", "IT"),
        ("0432 123456 o 7", "IT"),
        ("09 1234 / 35", "FI"),
        ("617-555-0143 / 617-555-0144", "US"),
        ("617-555-0143 and 44", "US"),
        ("+39 0432 123456 / 7", ""),
        # Signs that the parser takes for an extension, or leaves out.
        ("030 12345 ~ 54321", "DE"),
        ("03-1234-5678~9", "JP"),
        ("030 12345 * 54321", "DE"),
        ("030 12345. 54321", "DE"),
        # A range that makes a number longer than any of its country.
        ("210 1234567-8", "GR"),
        ("+30 210 1234567-8", ""),
        ("01 58858 01 58859", "AT"),
    ],
)
def test_two_numbers_stay_as_they_came_with_a_remark(text, region):
    number, problem = parse_phone(text, region)
    assert number == text
    assert "more than one" in problem or "no phone number" in problem


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("089/1234567", "DE", "+49891234567"),
        ("0911 / 12345", "DE", "+4991112345"),
        ("09-1234-5678", "FI", "+358912345678"),
        ("0911 12345 - 0", "DE", "+49911123450"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("0171/1234567", "DE", "+491711234567"),
        ("0171 123/4567", "DE", "+491711234567"),
        ("+49 (0)89 / 123 45-10", "DE", "+49891234510"),
        ("+49 89/1234567", "", "+49891234567"),
        ("01/58858", "AT", "+43158858"),
        ("+43 1 / 588 58", "AT", "+43158858"),
        ("06/12345678", "IT", "+390612345678"),
        ("617/555/0143", "US", "+16175550143"),
        ("(212) 555-1212 x5", "US", "+12125551212 ext. 5"),
        ("(212) 555-1212 ext. 5", "US", "+12125551212 ext. 5"),
        ("tel:+1-212-555-1212;ext=5", "", "+12125551212 ext. 5"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("Tel. 030 12345", "DE", "+493012345"),
        ("06-12-34-56-78", "FR", "+33612345678"),
        ("02-1234-5678", "KR", "+82212345678"),
    ],
)
def test_one_number_is_read_whatever_its_spelling(text, region, number):
    assert parse_phone(text, region) == (number, "")


@pytest.mark.parametrize(
    ("text", "region"),
    [("0000000000", "US"), ("0000", "DE"), ("9999999999", "US"), ("+1 999 999 9999", ""), ("1111111", "DE")],
)
def test_one_digit_repeated_is_no_number(text, region):
    number, problem = parse_phone(text, region)
    assert number == text
    assert problem


@pytest.mark.parametrize(("text", "region"), [("1234", "DE"), ("123456", "GB"), ("58858", "AT"), ("1234567", "NL")])
def test_an_extension_or_a_number_without_its_area_code_is_no_number_of_the_country(text, region):
    """The extension 1234 became +491234."""
    number, problem = parse_phone(text, region)
    assert number == text
    assert problem
    assert parse_phone("30 1234567", "DE") == ("+49301234567", "")


def test_more_digits_than_any_number_has():
    text = "089 1234 5678 9012"
    assert parse_phone(text, "DE") == (text, f"{text!r} has more digits than a phone number; kept as it came.")


@pytest.mark.parametrize("region", ["DE", "AT", "IT", "FI"])
@given(
    st.sampled_from([" / ", "/", " or ", " oder ", ", ", "; ", " | ", " & ", "\n", " + "]),
    st.integers(0, 9999).map(str),
)
def test_no_second_number_is_ever_joined_to_the_first(region, between, second):
    first = {"DE": "0911 12345", "AT": "01 58858", "IT": "0432 123456", "FI": "09 123456"}[region]
    number, problem = parse_phone(f"{first}{between}{second}", region)
    assert problem and not is_e164(number)


def test_two_lines_of_a_record_are_not_read_as_one_number():
    """They were: the line break became a blank before the number was read."""
    warnings = []
    context = TransformContext(options={"default_country": "DE"}, warn=warnings.append)
    assert phone_e164("0911 12345\r\n678", context) == "0911 12345 678"
    assert len(warnings) == 1
    assert phone_e164(" 0911\t12345 ", context) == "+4991112345"


def test_a_text_that_is_corrected_to_one_number_differs_from_two():
    for several in ("089 1234 / 5678", "089 1234; 5678", "089 1234, 5678"):
        assert not equal(several, "089 12345678", "phone")
    assert equal("089/1234-5678", "089 12345678", "phone")
    assert equal("089 1234 / 5678", "089 1234  /  5678", "phone")


def test_each_whole_number_of_a_text_is_evidence_and_the_end_of_a_range_is_none():
    assert split_numbers("0911 12345 / 0171 1234567", "DE") == ("0911 12345", "0171 1234567")
    assert split_numbers("0911 12345-10/-20", "DE") == ("0911 12345-10",)
    assert split_numbers("0911 12345", "DE") == ("0911 12345",)
