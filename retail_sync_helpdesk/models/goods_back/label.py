"""Labels of returns: the carrier makes one in a job after the commit; without one, the number goes on the parcel."""

from __future__ import annotations

import logging
from typing import Any

from odoo.addons.retail_sync.runtime.constants import channel

__all__ = ["ask", "carrier_of", "fetch"]

_logger = logging.getLogger(__name__)


def carrier_of(order: Any) -> Any:
    """Return the carrier that makes labels for goods that come back, of an order; empty where none does."""
    delivered = order.picking_ids.filtered(lambda picking: picking.state == "done" and picking.carrier_id)
    carriers = delivered.sorted("id", reverse=True).carrier_id | order.carrier_id
    return carriers.filtered("can_generate_return")[:1]


def ask(header: Any) -> None:
    """Queue the label of a return where a carrier makes one: what a carrier does cannot be taken back."""
    if header.label_state == "ready" or not carrier_of(header.order_id):
        return
    header.write({"label_state": "waiting", "label_note": False})
    header.env["retail.sync.goods_back.jobs"].sudo().with_delay(
        channel=channel("critical"),
        identity_key=f"retail_sync/return_label/{header.id}",
        description=header.env._("Fetch the label of return %s", header.name),
    )._job_label(header.id)


def fetch(header: Any) -> None:
    """Ask the carrier for the label of a return and keep the file. A return that has its label is left as it is."""
    if header.label_state != "waiting" or not header.try_lock_for_update():
        return
    carrier = carrier_of(header.order_id)
    picking = header.rma_ids.filtered(lambda rma: rma.state == "confirmed").reception_move_id.picking_id[:1]
    if not carrier or not picking:
        header.write({"label_state": "reference"})
        return
    if picking.carrier_id != carrier:
        picking.carrier_id = carrier
    if not picking.return_label_ids:
        carrier.get_return_label(picking)
        picking.invalidate_recordset(["return_label_ids"])
    found = picking.return_label_ids.sorted("id")[-1:]
    if found:
        # Whoever may read the return may print its label; the file of the carrier belongs to the transfer.
        copy = found.copy({"res_model": header._name, "res_id": header.id})
        header.write({"label_state": "ready", "label_id": copy.id, "label_note": False})
    else:
        header.write({"label_state": "failed", "label_note": header.env._("The carrier sent no file.")})


def failed(header: Any) -> None:
    """Keep that the carrier made no label: the number on the parcel stands for it."""
    header.write({"label_state": "failed", "label_note": header.env._("The carrier refused to make a label.")})
