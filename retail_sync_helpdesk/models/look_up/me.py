"""What a caller may do."""

from __future__ import annotations

from odoo.tools import SQL

from ...api.schemas.caller import Me
from .looking import Looking

__all__ = ["of_caller"]


def of_caller(look: Looking) -> Me:
    """Return what the caller may do; the admission knows its limits and when its key expires."""
    caller = look.caller
    rows = look.env.execute_query(
        SQL("SELECT name FROM res_company WHERE id = ANY(%s) ORDER BY sequence, name, id", list(look.companies))
    )
    return Me(
        as_of=look.at,
        name=caller.name,
        kind="machine" if caller.machine else "person",
        scopes=tuple(sorted(caller.scopes)),
        companies=tuple(name for (name,) in rows),
        brands=tuple(sorted(caller.brands)),
        read_only=caller.read_only,
    )
