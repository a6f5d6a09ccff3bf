import pytest

from retail_sync.domain.values.countries import country_code, country_name, language_code
from retail_sync.domain.values.phones import parse_phone


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Saint Vincent and the Grenadines", "VC"),
        ("St. Vincent & Grenadines", "VC"),
        ("SAINT LUCIA", "LC"),
        ("Virgin Islands, U.S.", "VI"),
        ("Virgin Islands, British", "VG"),
        ("Sint Maarten (Dutch part)", "SX"),
        ("Gambia, The", "GM"),
        ("Congo, the Democratic Republic of the", "CD"),
        ("Netherlands, The", "NL"),
        ("EE.UU.", "US"),
        ("Northern Ireland", "GB"),
        ("Lombardia", None),
    ],
)
def test_names_as_lists_of_platforms_and_of_odoo_have_them(text, code):
    assert country_code(text) == code


def test_odoos_own_country_is_read_as_it_is_written():
    assert country_code(country_name("XI")) == "XI"
    assert parse_phone("028 9024 6609", "XI") == ("+442890246609", "")


@pytest.mark.parametrize(("text", "code"), [("Norwegian", "nb"), ("norsk", "nb"), ("no", "nb"), ("nn_NO", "nn_NO")])
def test_norwegian_is_the_one_that_odoo_has(text, code):
    assert language_code(text) == code
