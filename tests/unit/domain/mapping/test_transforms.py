import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.schema import ABSENT
from retail_sync.domain.mapping.transforms import TRANSFORMS, TransformContext, TransformError, register, transform


def run(name, value, *, out=None, main=None, **options):
    """(result, warnings) of one transform."""
    warnings = []
    ctx = TransformContext(out=out or {}, main=main or {}, options=options, warn=warnings.append, field="the_field")
    return transform(name)(value, ctx), warnings


def test_all_agreed_transforms_are_there():
    assert {
        *("trim", "text", "lower", "email", "phone_e164", "country", "state", "street_line1", "street_rest"),
        *("language", "bool", "vat", "value_map", "html_text", "person_name", "url", "date", "number", "multi"),
    } <= set(TRANSFORMS)


def test_unknown_transform_is_named():
    with pytest.raises(TransformError, match="no_such") as caught:
        transform("no_such")
    assert caught.value.code == "UNKNOWN_TRANSFORM"


def test_a_name_can_not_be_taken_twice():
    with pytest.raises(ValueError, match="exists already"):

        @register("trim")
        def impostor(value, ctx):
            return value

    assert run("trim", " a ") == ("a", [])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("trim", "  ", None),
        ("trim", 7, 7),
        ("text", " a\x00b ", "a b"),
        ("line", "a\nb", "a b"),
        ("lower", "ABC", "abc"),
        ("lower", " ", None),
        ("state", " CA ", "CA"),
        ("person_name", " Maria \n Rossi ", "Maria Rossi"),
        ("street_line1", "1 Main St\nSuite 5\nBack door", "1 Main St"),
        ("street_rest", "1 Main St\r\n Suite 5\r\n\r\nBack door", "Suite 5, Back door"),
        ("street_rest", "1 Main St", None),
        ("street_line1", " \n ", None),
        ("html_text", "a < b\nc\n\n& d", "<p>a &lt; b<br>c</p><p>&amp; d</p>"),
        ("html_text", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("html_text", " ", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "2024-02-29T23:30:00.000+0000", "2024-02-29"),
        ("date", "2024-02-29T23:30:00-05:00", "2024-03-01"),
        ("date", "2024-02-29T00:00:00Z", "2024-02-29"),
        ("number", "12", 12),
        ("number", "-1.5", -1.5),
        ("number", 3.25, 3.25),
        ("multi", "b; a ;b;;", "a;b"),
        ("multi", ["x", "y"], "x;y"),
        ("multi", ";", None),
        ("url", "Example.COM/Path", "http://example.com/Path"),
        ("url", "https://Example.com/", "https://example.com"),
        ("url", "HTTP://a.b/c/", "http://a.b/c/"),
    ],
)
def test_plain_values(name, value, expected):
    assert run(name, value) == (expected, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jo.Doe@EXAMPLE.com", "Jo.Doe@example.com"),
        ("mailto:a@b.co", "a@b.co"),
        ("<a@b.co>", "a@b.co"),
        (" o'neil+x@sub.example.co.uk ", "o'neil+x@sub.example.co.uk"),
        ("jörg@münchen.de", "jörg@münchen.de"),
    ],
)
def test_good_email(value, expected):
    assert run("email", value) == (expected, [])


@pytest.mark.parametrize(
    "value", ["n/a", "a@b", "a b@c.de", "a@b.co; c@d.co", "@b.co", "a@@b.co", "a..b@c.de", "a@-b.de"]
)
def test_bad_email_is_kept_with_a_warning(value):
    kept, warnings = run("email", value)
    assert kept == value
    assert len(warnings) == 1 and repr(value) in warnings[0]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("Deutschland", "DE"),
        ("DEU", "DE"),
        ("Italia", "IT"),
        ("España", "ES"),
        ("espana", "ES"),
        ("Österreich", "AT"),
        ("Côte d'Ivoire", "CI"),
        ("Nederland", "NL"),
        ("The Netherlands", "NL"),
        ("Korea, Republic of", "KR"),
        ("Türkiye", "TR"),
        ("Niger", "NE"),
        ("日本", "JP"),
    ],
)
def test_country(value, code):
    assert run("country", value) == (code, [])


@pytest.mark.parametrize("value", ["Itly", "Europe", "EU", "XX", "Atlantis", "n/a", "001"])
def test_an_unknown_country_clears_nothing(value):
    result, warnings = run("country", value)
    assert result is ABSENT
    assert value in warnings[0]


def test_every_iso_code_and_english_name_of_babel_is_its_own_country():
    from babel import Locale

    from retail_sync.domain.values.countries import _NO_COUNTRY, country_code

    for code, name in Locale("en").territories.items():
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY:
            assert country_code(code) == code
            assert country_code(name) == code, name


@pytest.mark.parametrize(
    ("value", "code"),
    [("en_US", "en_US"), ("EN-us", "en_US"), ("it", "it"), ("English", "en"), ("Deutsch", "de"), ("iw", "he")]
    + [("zh-Hans-CN", "zh_CN"), ("sr_Latn", "sr_Latn"), ("es_419", "es_419"), ("pt_BR.UTF-8", "pt_BR")],
)
def test_language(value, code):
    assert run("language", value) == (code, [])


def test_an_unknown_language_clears_nothing():
    result, warnings = run("language", "Klingonese")
    assert result is ABSENT and warnings


@pytest.mark.parametrize("value", [True, 1, 1.0, "true", "TRUE", "1", "Yes", " y ", "on", "ja", "Sì".replace("ì", "í")])
def test_yes(value):
    assert run("bool", value) == (True, [])
    assert run("bool", value, invert=True) == (False, [])


@pytest.mark.parametrize("value", [False, 0, "false", "0", "No", "nein"])
def test_no(value):
    assert run("bool", value) == (False, [])


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("bool", "maybe", "BAD_BOOLEAN"),
        ("bool", 2, "BAD_BOOLEAN"),
        ("date", "2024-02-30", "BAD_DATE"),
        ("date", "soon", "BAD_DATE"),
        ("number", "1,5", "BAD_NUMBER"),
        ("number", "nan", "BAD_NUMBER"),
        ("number", float("inf"), "BAD_NUMBER"),
        ("value_map", "blue", "VALUE_NOT_MAPPED"),
        ("ref", "001", "BAD_MAPPING"),
    ],
)
def test_what_can_not_be_read_is_an_error(name, value, code):
    with pytest.raises(TransformError) as caught:
        run(name, value)
    assert caught.value.code == code
    assert caught.value.field == "the_field"
    assert caught.value.message


def test_value_map():
    colours = {"r": "red", "B": "blue"}
    assert run("value_map", "r", value_map=colours) == ("red", [])
    assert run("value_map", " b ", value_map=colours) == ("blue", [])
    assert run("value_map", None, value_map=colours) == (None, [])
    assert run("value_map", "x", value_map={**colours, "*": "grey"}) == ("grey", [])
    assert run("value_map", None, value_map={"": "none given"}) == ("none given", [])


def test_multi_translates_its_members():
    assert run("multi", "a;b;c", value_map={"a": "z", "b": "z"}) == ("c;z", [])


def test_ref():
    assert run("ref", " 001A ", object="Account") == ("Account/001A", [])


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("IT 0123.456-7890", "", "IT01234567890"),
        ("it01234567890", "IT", "IT01234567890"),
        ("00743110157", "IT", "IT00743110157"),  # check digits prove it Italian
        ("00743110158", "IT", "00743110158"),  # they don't: left alone
        ("00743110157", "US", "00743110157"),
        ("094259216", "GR", "EL094259216"),
        ("12-3456789", "US", "123456789"),
    ],
)
def test_vat(value, country, expected):
    assert run("vat", value, out={"country": country}) == (expected, [])


@pytest.mark.parametrize("value", ["n/a", "NONE", "0000000", "IT00000000000", "-", "/", "unknown"])
def test_a_placeholder_is_no_vat(value):
    result, warnings = run("vat", value)
    assert result is None and len(warnings) == 1


@pytest.mark.parametrize("value", ["ftp://x.y", "not a site", "http://"])
def test_what_is_no_web_address_is_kept_with_a_warning(value):
    kept, warnings = run("url", value)
    assert kept == value and warnings


@pytest.mark.parametrize("value", ["javascript:alert(1)", "Java Script:alert(1)", "data:text/html,x", "VBScript:x"])
def test_an_address_that_a_browser_would_run_is_left_out(value):
    """The website of a customer was javascript:alert(1), as it came."""
    left, warnings = run("url", value)
    assert left is ABSENT and warnings


_NUMBERS = st.integers(-(10**20), 10**20).map(str) | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(
    str
)
_ANY_TEXT = st.text(max_size=40) | _NUMBERS | st.sampled_from(["[]", "{}", "null", "true", "2026-12-01"])
# What has members of its own, where the others give one value.
_MEMBERS = {"quantity": {"quantity", "unit"}}


@given(st.sampled_from(sorted(TRANSFORMS)), _ANY_TEXT, st.sampled_from(["", "US", "IT", "ZZ"]))
def test_no_text_breaks_a_transform(name, value, default_country):
    """Any text gives a value of the transform's form, ABSENT or a TransformError: never another exception."""
    try:
        result, _warnings = run(name, value, default_country=default_country)
    except TransformError as error:
        assert error.code and error.message
    else:
        if isinstance(result, dict):
            assert result.keys() == _MEMBERS[name]
        else:
            assert result is ABSENT or result is None or isinstance(result, (str, bool, int, float))


@given(
    st.sampled_from(["trim", "text", "line", "lower", "email", "url", "vat", "street_line1", "state"]),
    st.text(max_size=40),
)
def test_clean_values_stay_as_they_are(name, value):
    once, _warnings = run(name, value)
    if once is not None:
        assert run(name, once)[0] == once
