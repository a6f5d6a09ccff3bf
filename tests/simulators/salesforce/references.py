"""``@{ref.field}`` references between the subrequests of a composite call."""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError

_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class HaltedReference(Exception):
    """A reference to a subrequest that failed or did not run."""


def names_in(value: Any) -> set[str]:
    """Every reference id used anywhere in a URL or body."""
    if isinstance(value, str):
        return {found[1] for found in _REFERENCE.finditer(value)}
    if isinstance(value, dict):
        return set().union(*(names_in(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(names_in(part) for part in value))
    return set()


def resolve(value: Any, results: dict[str, Any]) -> Any:
    """Put the results in. ``results`` maps reference id to body, ``None`` for a failed one."""
    if isinstance(value, dict):
        return {key: resolve(part, results) for key, part in value.items()}
    if isinstance(value, list):
        return [resolve(part, results) for part in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _lookup(whole, results)
    return _REFERENCE.sub(lambda found: str(_lookup(found, results)), value)


def _lookup(found: re.Match[str], results: dict[str, Any]) -> Any:
    name = found[1]
    if name not in results:
        raise ApiError("PROCESSING_HALTED", f"Invalid reference specified. No value for {found[0]} found.")
    current = results[name]
    if current is None:
        raise HaltedReference(name)
    for step in _STEP.finditer(found[2]):
        try:
            current = current[step[1]] if step[1] is not None else current[int(step[2])]
        except (KeyError, IndexError, TypeError):
            message = f"Invalid reference specified. No value for {found[0][2:-1]} found in {name}."
            raise ApiError("PROCESSING_HALTED", message) from None
    return current
