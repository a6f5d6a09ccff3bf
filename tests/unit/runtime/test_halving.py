import pytest

from retail_sync.runtime.halving import halve, halves


class TooBad(Exception):
    """What a guilty item raises."""


def run(items, guilty=(), **options):
    calls = []

    def attempt(part):
        calls.append(list(part))
        if set(part) & set(guilty):
            raise TooBad(part)
        return list(part)

    return halve(items, attempt, lambda item, error: f"{item} alone", **options), calls


def test_a_batch_without_guilty_items_is_tried_once():
    assert run([1, 2, 3]) == ([[1, 2, 3]], [[1, 2, 3]])


def test_only_the_guilty_item_ends_alone_and_the_order_is_kept():
    results, _calls = run([1, 2, 3, 4, 5], guilty=[2])
    assert results == [[1], "2 alone", [3, 4, 5]]


def test_every_item_may_be_guilty():
    results, _calls = run([1, 2, 3], guilty=[1, 2, 3])
    assert results == ["1 alone", "2 alone", "3 alone"]


def test_no_item_makes_no_attempt():
    assert run([]) == ([], [])


def test_an_error_that_is_the_fault_of_no_item_is_raised_without_another_attempt():
    calls = []

    def attempt(part):
        calls.append(part)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        halve([1, 2], attempt, lambda item, error: None, passes_on=lambda error: isinstance(error, ConnectionError))
    assert calls == [[1, 2]]


def test_what_a_single_item_raises_goes_up():
    def on_single(item, error):
        raise ValueError(item) from error

    with pytest.raises(ValueError, match="2"):
        halve([1, 2], lambda part: 1 / (2 not in part), on_single)


def test_halves_have_all_items_once():
    assert halves([1, 2, 3]) == ([1], [2, 3])
