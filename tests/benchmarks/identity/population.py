"""A million made-up customers, as rows to copy into a database, and records that arrive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from .generator import world_rows

# One world of the generator has about 3,000 customers.
_SCALE = 3.0
_ARRIVALS = 1500


def people(count: int) -> Iterator[dict[str, str]]:
    """So many customers as Odoo would keep them; among them those of whom records arrive."""
    return islice(_rows("odoo"), count)


def arrivals() -> list[dict[str, str]]:
    """Records of a platform: of the first of these customers, and of new ones."""
    return list(islice(_rows("salesforce"), _ARRIVALS))


def _rows(source: str) -> Iterator[dict[str, str]]:
    seed = 100
    while True:
        for where, values, _entity, _trap in world_rows(seed, _SCALE):
            if where == source:
                values.setdefault("name", f"{values.get('first_name', '')} {values.get('last_name', '')}".strip())
                yield values
        seed += 1
