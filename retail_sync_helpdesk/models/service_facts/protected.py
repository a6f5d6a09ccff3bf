"""Fields on documents of Odoo by which decisions count what was given back: the engine alone writes them.

They are read-only on screens, which keeps no one from writing them over RPC. Who may write an order or a credit note
could make a refund, or goods that were sent again, forgotten, and ask for them once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from odoo.exceptions import AccessError

__all__ = ["refuse"]


def refuse(records: Any, vals_list: Iterable[Mapping[str, Any]], names: frozenset[str]) -> None:
    """Check that a person writes none of these fields.

    :raises AccessError: one of them is to be written
    """
    if records.env.su:
        return
    for vals in vals_list:
        if not names.isdisjoint(vals):
            labels = [str(records._fields[name].string) for name in sorted(names & vals.keys())]
            raise AccessError(records.env._("Only service actions write these fields: %s.", ", ".join(labels)))
