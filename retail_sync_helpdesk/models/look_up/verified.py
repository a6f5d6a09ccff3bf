"""Amounts of an order are shown to those who have verified the customer as its policy demands."""

from __future__ import annotations

import dataclasses
from typing import Any

from odoo import fields

from ...api.errors import ApiProblem
from ...domain.rules import Refusal
from ...domain.service.actors import refusals_of_demand
from ..access.texts import rule_document
from ..policy.store import demand_of
from .looking import Looking

__all__ = ["as_verified", "check_verified"]

_OPERATION = "get_money"


def check_verified(look: Looking, order: Any) -> None:
    """Check that the customer is verified as the policy of the order demands it for look-ups of money.

    :raises ApiProblem: verification_required, with the rules that say so
    """
    if refused := _refused(look, order):
        rules = [rule_document(look.env, found).model_dump() for found in refused]
        raise ApiProblem("verification_required", rules=rules)


def as_verified(look: Looking, order_id: int) -> Looking:
    """Return the look as it may be at an order: without finance data while its policy demands a verified customer."""
    if not look.sees("finance.read") or not _refused(look, look.env["sale.order"].browse(order_id)):
        return look
    return dataclasses.replace(
        look, caller=dataclasses.replace(look.caller, scopes=look.caller.scopes - {"finance.read"})
    )


def _refused(look: Looking, order: Any) -> list[Refusal]:
    demand = demand_of(look.env, order, _OPERATION)
    return refusals_of_demand(look.caller.actor, demand, fields.Datetime.now()) if demand else []
