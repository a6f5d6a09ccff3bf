"""An attempt that was given up, and that the provider has paid all the same: its money counts, and goes once."""

from __future__ import annotations

from typing import Any

from odoo.tools import plaintext2html

from . import closing
from .pay_out_queue import enqueue

__all__ = ["paid_late"]

# In these the next attempt is not made yet: the former one stands for it.
_NOT_SENT = ("waiting", "by_hand", "failed")


def paid_late(env: Any, child: Any) -> None:
    """Take the refund of a former attempt as paid by it; where it was paid in another way too, a person hears of it.

    :param child: a done refund transaction that no refund has as its present attempt
    """
    uuid, dash, number = (child.reference or "").rpartition("-")
    if not dash or not number.isdecimal():
        return
    refund = env["retail.sync.refund"].sudo().search([("uuid", "=", uuid)], limit=1)
    if not refund:
        return
    present = refund.child_transaction_id
    if refund.state in _NOT_SENT and (not present or present.state in ("error", "cancel")):
        values = {"child_transaction_id": child.id, "state": "sent", "cause": False, "answered": True}
        refund.write({**values, "retryable": False})
        enqueue(refund)
        return
    text = refund.env._("The payment provider has paid a former attempt after all: %s.", child.reference)
    refund.message_post(body=plaintext2html(text))
    in_doubt = {"state": "in_doubt", "cause": "paid_twice", "next_try_at": False, "closed_at": False}
    # What a person says next is about an attempt that is there: none is made for it.
    refund.write({**in_doubt, "child_transaction_id": (present or child).id})
    closing.announce(refund)
