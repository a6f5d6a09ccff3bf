"""The lines of a street, which canonical values hold as a first line and all the rest."""

import re
from collections.abc import Sequence

from ..canonical.schema import Value
from ..values.text import single_line

_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_BETWEEN = ", "


def street_rest(text: str) -> str | None:
    """Return what follows the first line, in one line."""
    rest = [single_line(line) for line in _LINE_END.split(text.strip())[1:]]
    return _BETWEEN.join(line for line in rest if line) or None


def join_street(parts: Sequence[Value], before: str) -> str | None:
    """Return the text of a street; lines that did not change keep their form.

    ``parts``: the first line and the rest. ``before``: the text that stands there now.
    """
    first, rest = (single_line(part) if part else None for part in (*parts, None, None)[:2])
    text = before.strip()
    head = _LINE_END.split(text, maxsplit=1)[0]
    found = _LINE_END.search(text)
    end = found[0] if found else "\n"
    top = head if single_line(head) == first else first
    if rest == street_rest(text):
        below = text[found.end() :] if found and rest else None
    else:
        below = end.join(_rest_lines(rest, [line for line in _LINE_END.split(text)[1:] if single_line(line)])) or None
    return end.join(line for line in (top, below) if line) or None


def _rest_lines(rest: str | None, lines: list[str]) -> list[str]:
    """Divide the new rest into lines: those that begin it or end it as before stay lines, and what is between is one.

    What is read back of the lines is the rest again.
    """
    if not rest:
        return []
    above: list[str] = []
    below: list[str] = []
    todo = list(lines)
    while len(todo) > 0 and rest.startswith(f"{single_line(todo[0])}{_BETWEEN}"):
        line = todo.pop(0)
        above.append(line)
        rest = rest[len(str(single_line(line))) + len(_BETWEEN) :]
    while len(todo) > 0 and rest.endswith(f"{_BETWEEN}{single_line(todo[-1])}") and not rest.startswith(_BETWEEN):
        line = todo.pop()
        below.insert(0, line)
        rest = rest[: -len(str(single_line(line))) - len(_BETWEEN)]
    return [*above, rest, *below]
