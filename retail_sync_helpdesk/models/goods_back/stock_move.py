from typing import Any

from odoo import models

from . import receipt


class StockMove(models.Model):
    """Receipts of returns may come in parts. OCA rma refuses any other quantity than the announced one."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder: bool = False) -> Any:
        coming = self.filtered(lambda move: move.state not in ("done", "cancel")).sudo()
        coming = coming.filtered(lambda move: move.rma_receiver_ids.sync_return_line_id)
        if not coming:
            return super()._action_done(cancel_backorder=cancel_backorder)
        absent = receipt.absent(coming)
        receipt.split(coming - absent, cancel_backorder)
        done = super(StockMove, self - self.browse(absent.ids))._action_done(cancel_backorder=cancel_backorder)
        if cancel_backorder and absent:
            receipt.give_up(absent)
        return done
