"""From where on the platform each mapped field gets its value: what was agreed on holds for that place only."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from .decoding import MapRow, full_path

# {"part.field": what identifies the lines that read it}
Sources = dict[str, str]


def sources_of(rows: Iterable[MapRow]) -> Sources:
    """Return the sources of active lines, as far as they read."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.direction != "out":
            options = json.dumps(dict(row.options), sort_keys=True, default=str)
            found[f"{row.part}.{row.field}"].append(json.dumps([full_path(row), row.transform, options]))
    return {target: json.dumps(sorted(lines)) for target, lines in found.items()}


def after_change(held: Mapping[str, str], now: Mapping[str, str]) -> tuple[Sources, set[tuple[str, str]]]:
    """Return the sources to keep, and the (part, field) whose agreed value came from another place.

    A field that no line reads any more keeps its source: what was agreed on holds again when the same line is on again.
    """
    replaced = {target for target, source in now.items() if held.get(target) != source}
    return {**held, **now}, {(part, field) for part, _dot, field in (target.partition(".") for target in replaced)}
