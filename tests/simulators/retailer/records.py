"""What is passed between the makers: records, and what is known of the accounts made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .places import Country

Record = dict[str, Any]


@dataclass(slots=True)
class Accounts:
    """The accounts made so far, with what the contacts need to know of them."""

    records: list[Record] = field(default_factory=list)
    countries: list[Country] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    parents: list[int | None] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    vats: set[str] = field(default_factory=set)  # every number given out, as it is written without dirt
    lone: set[int] = field(default_factory=set)  # have no parent and no child: their identity is on trial
