"""The step in which an action is carried out, wholly or not at all."""

from __future__ import annotations

from typing import Any

from odoo.exceptions import UserError

from ...api.errors import ApiProblem
from ...domain.control.caller import SCREEN
from ..actions.work import Done
from .situation import Prepared

__all__ = ["carry_out"]


def carry_out(prepared: Prepared, action: Any) -> Done:
    """Return what the executor of an action has done, or nothing of it.

    :raises ApiProblem: Odoo refuses
    """
    situation = prepared.situation
    try:
        with action.env.cr.savepoint():
            return situation.executor.carry_out(situation.work(action))
    except UserError as error:
        # Texts of Odoo may name customers: they are shown to people on the screens of Odoo.
        detail = str(error) if situation.caller.channel == SCREEN else ""
        raise ApiProblem("conflict", detail) from error
