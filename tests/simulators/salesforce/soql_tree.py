"""The parts a SOQL statement is read into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Path:
    """``Account.Owner.Email`` as names; ``position`` is the offset in the text."""

    names: tuple[str, ...]
    position: int

    @property
    def text(self) -> str:
        return ".".join(self.names)


@dataclass(slots=True)
class Aggregate:
    """``path`` is ``None`` for ``COUNT()``."""

    function: str
    path: Path | None
    alias: str | None
    position: int


@dataclass(slots=True)
class FieldsOf:
    """``FIELDS(ALL)`` and its kin."""

    kind: str
    position: int


@dataclass(slots=True)
class Value:
    """``kind`` is text, number, boolean, null, date, datetime, or literal (a relative date).

    ``raw`` is a text as it was written, without its quotes: LIKE reads its own escapes from it.
    """

    kind: str
    value: object
    position: int
    raw: str = ""


@dataclass(slots=True)
class Compare:
    path: Path
    operator: str
    value: Value


@dataclass(slots=True)
class Measured:
    """A condition of HAVING on an aggregate, such as ``COUNT(Id) > 1``."""

    aggregate: Aggregate
    operator: str
    value: Value


@dataclass(slots=True)
class Among:
    """``IN``, ``NOT IN``, ``INCLUDES``, ``EXCLUDES``; ``values`` may be a sub-select."""

    path: Path
    operator: str
    values: list[Value] | Query


@dataclass(slots=True)
class Junction:
    """``operator`` is AND, OR, or NOT with one term."""

    operator: str
    terms: list[Any]


@dataclass(slots=True)
class Ordering:
    path: Path | Aggregate
    descending: bool
    nulls_first: bool | None


@dataclass(slots=True)
class Query:
    object_name: str = ""
    object_position: int = 0
    alias: str | None = None
    items: list[Any] = field(default_factory=list)
    where: object = None
    group_by: list[Path] = field(default_factory=list)
    having: object = None
    order_by: list[Ordering] = field(default_factory=list)
    limit: int | None = None
    offset: int | None = None
    all_rows: bool = False
    text: str = ""

    @property
    def counts_only(self) -> bool:
        return len(self.items) == 1 and isinstance(self.items[0], Aggregate) and self.items[0].path is None
