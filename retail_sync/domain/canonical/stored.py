"""Versioned JSON in the database: what one version of the addon wrote, a later one can read.

Jobs, pages and messages outlive an upgrade. Each kind of stored value therefore has a number that rises with its shape,
and a reader for every older number. What was stored before there were numbers is version 0.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_KIND, _VERSION, _VALUE = "$kind", "$version", "$value"
_ENVELOPE = {_KIND, _VERSION, _VALUE}

# Takes a value of one version and returns that of the next.
Reader = Callable[[Any], Any]


class StoredError(ValueError):
    """A stored value that cannot be read. ``code``: UNKNOWN_KIND, OTHER_KIND, NEWER_VERSION, NO_READER, NOT_JSON."""

    def __init__(self, code: str, message: str):
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class _Shape:
    version: int
    readers: Mapping[int, Reader]


_SHAPES: dict[str, _Shape] = {}


def register_stored(kind: str, version: int, readers: Mapping[int, Reader] | None = None) -> None:
    """Declare a kind of stored value: its present version, and {older version: reader to the next version}.

    Raises ValueError for a kind that exists, and for a reader of a version that is not older. A version without a
    reader cannot be read any more; leave one out only where nothing of it can be left.
    """
    readers = dict(readers or {})
    if kind in _SHAPES:
        raise ValueError(f"Stored values of kind {kind!r} are declared already.")
    if version < 1 or not all(0 <= older < version for older in readers):
        raise ValueError(f"Stored values of kind {kind!r}: versions start at 1, readers are for older ones.")
    _SHAPES[kind] = _Shape(version, readers)


def unregister_stored(kind: str) -> None:
    """Forget a kind. For tests."""
    _SHAPES.pop(kind, None)


def dump(kind: str, version: int, value: Any) -> dict[str, Any]:
    """Return what to store. ``version``: that in which the caller made the value; it has to be the present one.

    Raises StoredError: UNKNOWN_KIND, NOT_JSON (as for NaN); ValueError for another version.
    """
    shape = _shape(kind)
    if version != shape.version:
        raise ValueError(f"Values of kind {kind!r} are stored in version {shape.version}, not {version}.")
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoredError("NOT_JSON", f"A value of kind {kind!r} cannot be stored: {error}") from None
    return {_KIND: kind, _VERSION: version, _VALUE: value}


def load(kind: str, stored: Any) -> Any:
    """Return a stored value in the present version of its kind; ``stored``: the text or the decoded JSON.

    A value without a version is version 0. Raises StoredError.
    """
    shape = _shape(kind)
    if isinstance(stored, (str, bytes)):
        try:
            stored = json.loads(stored)
        except ValueError:
            raise StoredError("NOT_JSON", f"What is stored as {kind!r} is no JSON.") from None
    version, value = 0, stored
    if isinstance(stored, Mapping) and set(stored) == _ENVELOPE:
        version, value = stored[_VERSION], stored[_VALUE]
        if stored[_KIND] != kind:
            raise StoredError("OTHER_KIND", f"A value of kind {kind!r} is expected, not of {stored[_KIND]!r}.")
    if version > shape.version:
        raise StoredError(
            "NEWER_VERSION",
            f"A value of kind {kind!r} was stored in version {version}, and this addon reads up to {shape.version}. "
            "Install the version of the addon that wrote it, or a later one.",
        )
    for number in range(version, shape.version):
        reader = shape.readers.get(number)
        if reader is None:
            raise StoredError("NO_READER", f"Values of kind {kind!r} of version {number} cannot be read any more.")
        value = reader(value)
    return value


def _shape(kind: str) -> _Shape:
    try:
        return _SHAPES[kind]
    except KeyError:
        raise StoredError("UNKNOWN_KIND", f"No stored values of kind {kind!r} are declared.") from None
