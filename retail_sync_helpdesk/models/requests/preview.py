"""What an action would do now. Nothing is written."""

from __future__ import annotations

from typing import Any

from odoo import fields

from ...api.schemas.actions import Preview
from ...domain.control.caller import Caller
from ..look_up.reach import reach_order
from .checks import check_request
from .documents import preview_document
from .situation import prepare, read_situation

__all__ = ["preview"]


def preview(env: Any, caller: Caller, order_id: int, request: Any) -> Preview:
    """Return what a request would do, with the rules that say no and a token that proves what was shown.

    :param request: a document of ``api/schemas/requests.py``
    :raises ApiProblem: the order cannot be reached, or a value does not fit it
    """
    order = reach_order(env, caller, order_id)
    check_request(env, order, request)
    situation = read_situation(env, caller, order, request, fields.Datetime.now())
    return preview_document(prepare(situation), situation.facts.money.version)
