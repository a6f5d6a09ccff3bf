"""Find the guilty items of a batch: halve it until each of them is alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def halves(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """Return the first and the second half of items; of an odd number, the second has one more."""
    middle = len(items) // 2
    return items[:middle], items[middle:]


def halve(
    items: Sequence[Item],
    attempt: Callable[[Sequence[Item]], Result],
    on_single: Callable[[Item, Exception], Result],
    passes_on: Callable[[Exception], bool] = lambda error: False,
) -> list[Result]:
    """Return the results of attempt(items), or of smaller and smaller parts of items where that fails.

    ``attempt``: works on some of the items as a whole; what it raises must leave nothing behind. ``on_single``: given
    the one item that fails alone, and its error; what it returns stands for the item. ``passes_on``: whether an error
    is not the fault of any item: it is raised at once. Results are in the order of the items; no item: no result.
    """
    if not items:
        return []
    try:
        return [attempt(items)]
    except Exception as error:
        if passes_on(error):
            raise
        if len(items) == 1:
            return [on_single(items[0], error)]
    # Outside the handler: what fails in a half is not an error of handling the error of the whole.
    first, second = halves(items)
    return [*halve(first, attempt, on_single, passes_on), *halve(second, attempt, on_single, passes_on)]
