"""Announce a return: a receipt that waits for the goods, with a number or a label for the parcel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...api.schemas.actions import Effect, PreviewLine
from ...domain.service.after_delivery import RETURN
from ..goods_back import label
from ..goods_back.open import open_return
from .saying import effect, quantity_text, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["RETURN_GOODS", "asked_lines", "effects_of_return", "goods_text", "make_return", "shown_lines"]


def asked_lines(work: Work) -> dict[int, Decimal]:
    """Return {order line id: quantity} of a request."""
    return {line.line_id: Decimal(line.quantity) for line in work.request.lines}


def shown_lines(work: Work, amounts: dict[int, Decimal] | None = None) -> tuple[PreviewLine, ...]:
    """Return the lines of a request as a preview shows them. ``amounts``: {order line id: amount}."""
    currency = work.facts.money.currency
    return tuple(
        PreviewLine(
            line_id=line_id,
            quantity=quantity_text(quantity),
            amount=currency.text(amounts[line_id]) if amounts and line_id in amounts else None,
        )
        for line_id, quantity in sorted(asked_lines(work).items())
    )


def goods_text(work: Work) -> str:
    """Return the goods of a request in words."""
    asked = asked_lines(work)
    lines = work.env["sale.order.line"].browse(sorted(asked))
    return ", ".join(f"{quantity_text(asked[line.id])} × {line.product_id.display_name}" for line in lines)


def effects_of_return(work: Work) -> list[Effect]:
    """Return what happens when goods are taken back."""
    env, order = work.env, work.order
    values = {"goods": goods_text(work), "warehouse": order.warehouse_id.name}
    effects = [effect("return_opened", env._("The warehouse %(warehouse)s waits for %(goods)s.", **values), order)]
    carrier = label.carrier_of(order)
    if carrier:
        effects.append(
            effect("label_made", env._("%s is asked for a label, which is added to the return.", carrier.name))
        )
    else:
        effects.append(effect("number_given", env._("The customer writes the number of the return on the parcel.")))
    return effects


def make_return(work: Work) -> Any:
    """Return the new return of a request."""
    return open_return(
        work.env,
        work.order,
        asked_lines(work),
        reason=work.request.reason,
        action=work.action,
        ticket=work.action.ticket_id,
    )


def _show(work: Work) -> Shown:
    return Shown(
        lines=shown_lines(work),
        effects=tuple(effects_of_return(work)),
        options={"warehouse": work.order.warehouse_id.id, "carrier": label.carrier_of(work.order).id or 0},
    )


def _carry_out(work: Work) -> Done:
    header = make_return(work)
    receipts = header.rma_ids.reception_move_id.picking_id
    note = work.env._(
        "The customer sends %(goods)s with the number %(number)s.", goods=goods_text(work), number=header.name
    )
    return Done(references_of([header, *receipts]), note=note)


RETURN_GOODS = Executor(RETURN, _show, _carry_out)
