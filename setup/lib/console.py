"""What a person reads: lines said, steps timed, tables drawn."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence

_quiet = False


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Say nothing but warnings meanwhile (test fixtures that only need things to be in place)."""
    global _quiet
    before, _quiet = _quiet, True
    try:
        yield
    finally:
        _quiet = before


def say(text: str = "") -> None:
    """Print a line at once, also through a pipe."""
    if not _quiet:
        print(text, flush=True)


def warn(text: str) -> None:
    """Print a line on standard error, also within ``quiet``."""
    print(text, file=sys.stderr, flush=True)


def colour(text: str, code: str) -> str:
    """Wrap in an ANSI colour on a terminal that wants it."""
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[{code}m{text}\033[0m"
    return text


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what starts and, when it took a while, how long it took."""
    say(f"{text} ...")
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= 2:
        say(f"  done in {seconds:.0f} s")


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
    """A plain text table; the first ``left`` columns are set to the left, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(headers), *cells]) for i in range(len(headers))]

    def draw(line: Sequence[str]) -> str:
        parts = [
            text.ljust(width) if i < left else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "  ".join(parts).rstrip()

    return "\n".join([draw(headers), "  ".join("-" * width for width in widths), *(draw(line) for line in cells)])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if abs(value) <= 1 and round(value, 1) != value:
            return f"{value:.4f}"  # a share: 0.9994 is not 1.0
        return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
