"""The mark of work that comes from outside, and what was asked about records while it goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CONTEXT_KEY = "retail_sync_inbound"


@dataclass(slots=True, eq=False)
class InboundScope:
    """One piece of inbound work, such as a page.

    ``protected``: {record id: whether no platform may write it} of the records that were asked about. A page asks for
    all of its records at once; what Odoo writes besides is looked up here first.
    """

    protected: dict[int, bool] = field(default_factory=dict)

    def unknown(self, res_ids: Iterable[int]) -> set[int]:
        """Return those of the ids that nothing is known about."""
        return set(res_ids) - self.protected.keys()


def scope_of(context: Mapping[str, Any]) -> InboundScope | None:
    """Return the scope of the work that a context belongs to; None for work of people and schedules.

    A context that comes from outside is plain data, and holds no scope.
    """
    found = context.get(CONTEXT_KEY)
    return found if isinstance(found, InboundScope) else None
