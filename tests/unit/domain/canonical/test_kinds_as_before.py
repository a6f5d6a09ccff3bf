"""The kinds a customer has compare exactly as they did before kinds were declared."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail_sync.domain.canonical import kinds
from retail_sync.domain.values import equality as before

CUSTOMER_KINDS = sorted(
    {"text", "bool", "enum", "ref", "email", "phone", "code", "html", "url", "vat", "language", "number"}
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", " ", "0", "-0.001", "1.005", "12.50", "nan", "-inf", "https://www.A.example/", "<b>a</b> b"])
    | st.sampled_from(["Straße", "STRASSE", "a\u200bb", "É", "E\u0301", "+49 (0) 1", "Account/001x", "1E+400"])
)
values = scalars | st.lists(scalars, max_size=4) | st.tuples(scalars, scalars)


def same(left, right):
    return type(left) is type(right) and (left == right or left != left and right != right)


@pytest.mark.parametrize("kind", ["", *CUSTOMER_KINDS])
def test_every_value_is_compared_as_before(kind):
    @given(values)
    @example(float("nan"))
    @example(["", None])
    def check(value):
        assert same(kinds.comparable(value, kind), before.comparable(value, kind))
        assert kinds.is_empty(value, kind) is (before.comparable(value, kind) is None)

    check()


@pytest.mark.parametrize("kind", ["", *CUSTOMER_KINDS])
def test_two_values_are_equal_as_before(kind):
    @given(values, values)
    def check(left, right):
        assert kinds.equal(left, right, kind) is bool(before.equal(left, right, kind))

    check()


@given(values)
def test_a_number_is_rounded_as_before(value):
    assert same(kinds.round_number(value), before.round_number(value))


def test_the_old_list_of_kinds_is_known():
    assert set(CUSTOMER_KINDS) <= kinds.kind_names()
