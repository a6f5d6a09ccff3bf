"""Queues the job that pays a refund back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from odoo import SUPERUSER_ID, fields

from odoo.addons.retail_sync.runtime.constants import LANE_PRIORITY, channel

__all__ = ["enqueue"]


def enqueue(refund: Any, seconds: float = 0) -> None:
    """Queue the next step of a refund; it starts after the commit.

    :param seconds: to wait before it
    """
    eta = timedelta(seconds=seconds) if seconds else None
    refund.sudo().next_try_at = fields.Datetime.now() + (eta or timedelta())
    (
        refund.env["retail.sync.money.jobs"]
        # Odoo writes what it notes on the order in the name of the customer, but for the superuser.
        .with_user(SUPERUSER_ID)
        .with_delay(
            channel=channel("critical"),
            priority=LANE_PRIORITY["critical"],
            eta=eta,
            max_retries=0,
            identity_key=f"retail_sync/refund/{refund.id}/{'later' if eta else 'now'}",
            description=refund.env._("Pay back: %s", refund.name),
        )
        ._job_pay_out(refund.id)
    )
