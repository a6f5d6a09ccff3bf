import pytest

from retail_sync.domain.mapping.transforms import TransformContext, transform
from retail_sync.domain.values.phones import is_e164, parse_phone


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("1(302)556-4395", "US", "+13025564395"),
        ("1(302)556-4395", "DE", "+13025564395"),  # an American number whose "+" was left out
        ("617-555-0143", "US", "+16175550143"),
        ("+1 (408) 505-1578", "IT", "+14085051578"),
        ("02 1234567", "IT", "+39021234567"),  # Italy keeps its leading zero
        ("020 7946 0958", "GB", "+442079460958"),
        ("00393331234567", "IT", "+393331234567"),
        ("0039 333 1234567", "", "+393331234567"),
        ("011 39 333 1234567", "US", "+393331234567"),
        ("tel:+1-302-556-4395", "", "+13025564395"),
        ("(212) 555-1212 x5", "US", "+12125551212 ext. 5"),
    ],
)
def test_readable_numbers(text, region, number):
    assert parse_phone(text, region) == (number, "")
    assert is_e164(number)


@pytest.mark.parametrize(
    ("text", "region", "says"),
    [
        ("617-555-0143", "", "country is not known"),
        ("617-555-0143", "ZZ", "country is not known"),
        ("555-1234", "US", "not a possible phone number in United States"),
        ("call me", "US", "no phone number"),
        ("0", "US", "no phone number"),
        ("+999 1234567", "US", "calling code that does not exist"),
        ("+1 302", "", "not a possible phone number"),
        ("123456789012345678901234567890", "US", "no phone number"),
        ("tbd 2024", "DE", "not a possible phone number"),
    ],
)
def test_unreadable_numbers_are_kept_and_flagged(text, region, says):
    number, problem = parse_phone(text, region)
    assert number == text
    assert says in problem and text in problem
    assert not is_e164(number)


def test_a_possible_number_out_of_any_known_range_is_a_number():
    assert parse_phone("201-000-0000", "US") == ("+12010000000", "")


def test_bare_digits_of_another_country_are_not_guessed():
    # As +56 24081052 it would be Chilean, but nothing says so.
    assert not parse_phone("5624081052", "IT")[0].startswith("+56")


def test_the_country_of_the_record_goes_before_the_default():
    def number(out, main=None, default="US"):
        options = {"default_country": default} if default else {}
        return transform("phone_e164")("02 1234567", TransformContext(out=out, main=main or {}, options=options))

    assert number({"country": "IT"}) == "+39021234567"
    assert number({}, {"country": "IT"}) == "+39021234567"
    assert number({}, default="IT") == "+39021234567"
    assert number({}, default=None) == "02 1234567"


def test_e164_has_seven_to_fifteen_digits():
    assert is_e164("+1234567") and is_e164("+123456789012345")


@pytest.mark.parametrize("value", [None, "", "+", "+12ab", "123456789", "+123456", "+1234567890123456", 5])
def test_what_is_not_e164(value):
    assert not is_e164(value)


@pytest.mark.parametrize("text", ["0049 89 6120 0062", "+49 89 6120 0062", "089 6120 0062", "089/6120 0071"])
def test_a_group_of_digits_that_begins_with_two_zeros_is_no_second_number(text):
    number, problem = parse_phone(text, "DE")
    assert (number[:8], problem) == ("+4989612", "")


def test_a_second_number_that_is_dialled_abroad_is_one():
    number, problem = parse_phone("+49 89 61200062 0043 1 58858", "DE")
    assert number == "+49 89 61200062 0043 1 58858" and problem
