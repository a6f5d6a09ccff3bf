import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical import kinds
from retail_sync.domain.canonical.kinds import Amount, KindError, LineField, Options, Quantity, equal, parse, to_json

EUR = Options(currency="EUR")
LINE = Options(
    lines=(
        LineField("sku", "code"),
        LineField("quantity", "quantity", Options(digits=3)),
        LineField("price", "amount", Options(currency="EUR", digits=4)),
    )
)


def code_of(function, *args):
    with pytest.raises(KindError) as caught:
        function(*args)
    return caught.value.code


# -- money


@pytest.mark.parametrize(
    ("left", "right", "currency", "same"),
    [
        (0.1234, 0.12, "EUR", True),
        (0.125, "0.13", "EUR", True),
        (0.124, 0.125, "EUR", False),
        (12, 12.4, "JPY", True),
        (12, 12.5, "JPY", False),
        (1.2341, 1.2344, "KWD", True),
        (1.234, 1.235, "KWD", False),
        (0, -0.001, "EUR", True),
        (0, None, "EUR", False),
        (5, 5.004, "ZZZ", True),
    ],
)
def test_an_amount_is_compared_at_the_decimals_of_its_currency(left, right, currency, same):
    assert equal(left, right, "amount", Options(currency=currency)) is same
    assert equal(right, left, "amount", Options(currency=currency)) is same


def test_declared_digits_go_before_those_of_the_currency():
    assert not equal(0.1234, 0.12, "amount", Options(currency="EUR", digits=4))
    assert equal(0.12341, 0.1234, "amount", Options(currency="EUR", digits=4))
    assert not equal(12, 12.4, "amount", Options(currency="JPY", digits=1))


def test_two_currencies_are_never_equal():
    assert not equal({"amount": 1, "currency": "EUR"}, {"amount": 1, "currency": "USD"}, "amount")
    assert not equal({"amount": 0, "currency": "EUR"}, {"amount": 0, "currency": "USD"}, "amount")


def test_an_amount_names_its_currency_or_its_field_does():
    assert code_of(parse, 1, "amount") == "NO_CURRENCY"
    assert code_of(parse, {"amount": 1, "currency": "€"}, "amount") == "NO_CURRENCY"
    assert parse("1.50", "amount", EUR) == Amount(Decimal("1.50"), "EUR")
    assert parse({"amount": "1.5", "currency": "usd"}, "amount", EUR) == Amount(Decimal("1.5"), "USD")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1,50", True, [], "1e99", 10**40])
def test_what_is_no_amount_is_refused_and_equals_itself_only(value):
    assert code_of(parse, value, "amount", EUR) == "BAD_NUMBER"
    assert kinds.comparable(value, "amount", EUR) == kinds.comparable(value, "amount", EUR)
    assert not equal(value, 3, "amount", EUR)
    assert not kinds.is_empty(value, "amount", EUR)


def test_an_amount_without_a_value_is_empty_and_zero_is_not():
    assert kinds.is_empty({"amount": None, "currency": "EUR"}, "amount")
    assert kinds.is_empty(" ", "amount", EUR)
    assert not kinds.is_empty(0, "amount", EUR)


def test_the_json_form_of_money_is_exact_text():
    assert to_json(1.005, "amount", EUR) == {"amount": "1.01", "currency": "EUR"}
    assert to_json(-0.001, "amount", EUR) == {"amount": "0.00", "currency": "EUR"}
    assert to_json(1e3, "amount", Options(currency="JPY")) == {"amount": "1000", "currency": "JPY"}


# -- quantities and whole numbers


def test_a_quantity_is_compared_at_its_precision_and_unit():
    assert equal(1, "1.000", "quantity")
    assert not equal(1, 1.0001, "quantity")
    assert equal(1, 1.0001, "quantity", Options(digits=3))
    assert not equal({"quantity": 1, "unit": "kg"}, {"quantity": 1, "unit": "g"}, "quantity")
    assert equal({"quantity": 1, "unit": "kg"}, 1, "quantity", Options(unit="kg"))
    assert parse(2, "quantity") == Quantity(Decimal(2))
    assert parse(Quantity(Decimal(2)), "quantity", Options(unit="kg")) == Quantity(Decimal(2), "kg")
    assert parse(Quantity(Decimal(2), "g"), "quantity", Options(unit="kg")) == Quantity(Decimal(2), "g")


def test_a_plain_number_is_compared_at_its_declared_decimals():
    assert equal(0.1234, 0.12, "number")
    assert not equal(0.1234, 0.12, "number", Options(digits=4))
    assert equal(12.4, 12, "number", Options(digits=0))
    assert kinds.round_number(0.12345, 3) == 0.123 and kinds.round_number(12.6, 0) == 13.0


def test_zero_quantities_and_integers_are_not_empty():
    assert not kinds.is_empty(0, "quantity") and not kinds.is_empty(0, "integer")
    assert kinds.is_empty("", "quantity") and kinds.is_empty(None, "integer")


def test_an_integer_is_whole():
    assert parse("12", "integer") == parse(12.0, "integer") == 12
    for value in ("12.5", True, "x", float("inf")):
        assert code_of(parse, value, "integer") == "BAD_INTEGER"


# -- days and moments


@pytest.mark.parametrize(
    "text",
    [
        *("2026-05-01T10:00:00Z", "2026-05-01T10:00:00.000+0000", "2026-05-01 12:00:00+02:00", "2026-05-01T10:00Z"),
        *("2026-05-01T06:00:00-04", "2026-05-01T10:00:00.999Z", "2026-05-01t10:00:00z"),
    ],
)
def test_spellings_of_one_moment_are_equal(text):
    moment = datetime(2026, 5, 1, 10, tzinfo=timezone.utc)
    assert equal(text, moment, "datetime")
    assert to_json(text, "datetime") == "2026-05-01T10:00:00Z"


def test_a_time_without_a_zone_is_read_in_the_declared_zone_and_else_refused():
    assert code_of(parse, "2026-07-01T12:00:00", "datetime") == "NO_ZONE"
    assert code_of(parse, datetime(2026, 7, 1, 12), "datetime") == "NO_ZONE"
    rome = Options(zone="Europe/Rome")
    assert to_json("2026-07-01T12:00:00", "datetime", rome) == "2026-07-01T10:00:00Z"
    assert to_json("2026-01-01T12:00:00", "datetime", rome) == "2026-01-01T11:00:00Z"
    assert to_json("2026-07-01T12:00:00Z", "datetime", rome) == "2026-07-01T12:00:00Z"
    # The hour that this night has twice: the first one.
    assert to_json("2026-10-25T02:30:00", "datetime", rome) == "2026-10-25T00:30:00Z"


def test_decimals_of_a_second_count_where_they_are_declared():
    fine = Options(digits=3)
    assert not equal("2026-05-01T10:00:00.123Z", "2026-05-01T10:00:00.124Z", "datetime", fine)
    assert to_json("2026-05-01T10:00:00.1239Z", "datetime", fine) == "2026-05-01T10:00:00.123Z"


@pytest.mark.parametrize("value", ["2026-02-30T00:00:00Z", "yesterday", 1700000000, "2026-01-01T25:00:00Z", True])
def test_what_is_no_moment_is_refused(value):
    assert code_of(parse, value, "datetime") == "BAD_DATETIME"


def test_times_at_the_ends_of_the_calendar_are_refused_not_raised_otherwise():
    assert code_of(parse, "0001-01-01T00:00:00+02:00", "datetime") == "BAD_DATETIME"


def test_a_moment_becomes_a_day_only_in_a_declared_zone():
    assert code_of(parse, "2026-05-01T23:30:00Z", "date") == "BAD_DATE"
    assert parse("2026-05-01T23:30:00Z", "date", Options(zone="Europe/Rome")) == date(2026, 5, 2)
    assert parse("2026-05-01", "date") == date(2026, 5, 1)
    assert code_of(parse, "2026-02-30", "date") == "BAD_DATE"
    assert code_of(parse, datetime(2026, 5, 1), "date") == "BAD_DATE"


# -- references, choices and flags


def test_a_reference_has_two_parts():
    assert parse("Account/001", "ref") == "Account/001"
    assert kinds.split_reference("res.partner/42") == kinds.Ref("res.partner", "42")
    assert str(kinds.Ref("res.partner", "42")) == "res.partner/42"
    assert equal(kinds.Ref("Account", "001"), "Account/001", "ref")
    assert not equal("Account/001a", "Account/001A", "ref")
    for value in ("Account", "/1", "Account/", 7):
        assert code_of(parse, value, "ref") == "BAD_REF"


def test_a_choice_is_read_in_its_declared_spelling():
    options = Options(choices=("Draft", "Done"))
    assert parse("done ", "enum", options) == "Done"
    assert code_of(parse, "Open", "enum", options) == "NOT_A_CHOICE"
    assert parse("Open", "enum") == "Open"


def test_flags():
    assert parse("Yes", "bool") is True and parse(0, "bool") is False and parse("", "bool") is None
    assert code_of(parse, "perhaps", "bool") == "BAD_BOOL"


def test_an_unknown_kind_is_an_error():
    assert code_of(kinds.kind_of, "colour") == "UNKNOWN_KIND"
    with pytest.raises(ValueError, match="exists already"):
        kinds.register_kind(kinds.kind_of("text"))


# -- lines


def test_lines_are_read_field_by_field():
    lines = [{"key": "a", "sku": "X", "quantity": 1, "price": 0.12345}, {"key": 2, "sku": None}]
    assert to_json(lines, "lines", LINE) == [
        {
            "key": "a",
            "price": {"amount": "0.1235", "currency": "EUR"},
            "quantity": {"quantity": "1.000", "unit": None},
            "sku": "X",
        },
        {"key": "2", "sku": None},
    ]
    assert equal(lines, to_json(lines, "lines", LINE), "lines", LINE)


def test_the_order_of_lines_counts_and_that_of_fields_does_not():
    first, second = {"key": "a", "sku": "X", "quantity": 1}, {"quantity": 1.0001, "sku": "x", "key": "a"}
    other = {"key": "b", "sku": "Y"}
    assert equal([first, other], [second, other], "lines", LINE)
    assert not equal([first, other], [other, first], "lines", LINE)


def test_a_field_that_was_not_reported_is_not_an_emptied_one():
    assert not equal([{"key": "a"}], [{"key": "a", "sku": None}], "lines", LINE)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"key": "a"}, {"key": "a"}], "DOUBLE_LINE"),
        ([{"key": 1}, {"key": "1"}], "DOUBLE_LINE"),
        ([{"sku": "X"}], "NO_LINE_KEY"),
        ([{"key": " "}], "NO_LINE_KEY"),
        ([{"key": "a", "colour": "red"}], "UNKNOWN_FIELD"),
        ([{"key": "a", "quantity": "many"}], "BAD_NUMBER"),
        ({"key": "a"}, "BAD_LINES"),
        (["a"], "BAD_LINES"),
    ],
)
def test_lines_that_cannot_be_read(lines, code):
    assert code_of(parse, lines, "lines", LINE) == code
    assert equal(lines, lines, "lines", LINE) and not equal(lines, [{"key": "z"}], "lines", LINE)


def test_a_list_without_lines_is_empty():
    assert kinds.is_empty([], "lines", LINE) and kinds.is_empty(None, "lines", LINE)
    assert not kinds.is_empty([{"key": "a"}], "lines", LINE)


# -- what holds for all

decimals = st.decimals(-10_000, 10_000, allow_nan=False, allow_infinity=False, places=6)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone(timedelta(hours=5))))
CASES = [
    ("text", st.text(), Options()),
    ("email", st.text(), Options()),
    ("integer", st.integers() | st.integers().map(str), Options()),
    ("number", decimals.map(float), Options()),
    ("bool", st.sampled_from([True, False, None, "yes", 0]), Options()),
    ("date", st.dates() | st.dates().map(str), Options()),
    ("datetime", moments | moments.map(str), Options(digits=3)),
    ("amount", decimals | decimals.map(float) | decimals.map(str), EUR),
    ("amount", decimals, Options(currency="KWD")),
    ("quantity", decimals | decimals.map(str), Options()),
    ("quantity", decimals, Options(digits=2)),
    (
        "lines",
        st.lists(
            st.fixed_dictionaries({"key": st.text("abcdef", min_size=1)}, optional={"quantity": decimals}),
            unique_by=lambda line: line["key"],
        ),
        LINE,
    ),
]
EXACT = {"integer", "date", "datetime", "amount", "quantity"}


@pytest.mark.parametrize(("kind", "values", "options"), CASES)
def test_the_json_form_can_be_stored_and_says_the_same(kind, values, options):
    @given(values, values)
    def check(value, other):
        form = to_json(value, kind, options)
        assert json.loads(json.dumps(form)) == form
        assert to_json(form, kind, options) == form
        assert equal(form, value, kind, options)
        assert kinds.comparable(form, kind, options) == kinds.comparable(value, kind, options)
        hash(kinds.comparable(value, kind, options))
        if kind in EXACT:
            assert equal(value, other, kind, options) is (form == to_json(other, kind, options))
            assert parse(form, kind, options) is None or equal(parse(form, kind, options), value, kind, options)

    check()


@pytest.mark.parametrize("kind", sorted(kinds.kind_names()))
def test_comparing_never_raises(kind):
    @given(
        st.none()
        | st.text()
        | st.floats()
        | st.lists(st.integers() | st.text())
        | st.dictionaries(st.text(), st.text())
    )
    def check(value):
        assert equal(value, value, kind) or value != value

    check()


@pytest.mark.parametrize("kind", sorted(kinds.kind_names()))
def test_every_kind_has_a_masking_class_and_takes_nothing_for_an_empty_value(kind):
    assert kinds.default_sensitivity(kind) in ("public", "internal", "personal", "sensitive", "secret")
    assert parse(None, kind) is None
    assert to_json(None, kind) is None
