from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.runtime.rights import require

from ...domain.returns.state import OPEN, Stage, stage_of
from ..access.roles import ServiceRole
from . import announce, label
from .constants import INSPECTORS


class RetailSyncReturn(models.Model):
    """What people do with a return, and what follows from its states."""

    _inherit = "retail.sync.return"

    expected_mailed = fields.Boolean(readonly=True, copy=False)
    received_mailed = fields.Boolean(readonly=True, copy=False)

    def _opened(self) -> None:
        """Do what follows when a return was announced: its label, and the mail to the customer."""
        self.ensure_one()
        self._refresh()
        label.ask(self)

    def _changed(self, before: str) -> None:  # pylint: disable=missing-return
        super()._changed(before)
        self.ensure_one()
        if self.state == "expected" and before == "announced":
            announce.mail_customer(self, "expected")
        elif self.state == "received":
            announce.mail_customer(self, "received")
        # Colleagues read it, whoever has received the goods.
        worded = self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        if text := worded._news():
            announce.note(worded, text)

    def _news(self) -> str:
        """Return what colleagues read about the new state; empty where the action itself says it."""
        goods = self._goods()
        texts = {
            "announced": self.env._("The warehouse cancelled the receipt. No goods are expected any more."),
            "partly_received": self.env._("A part of the goods has arrived: %s", goods),
            "received": self.env._("The goods have arrived: %s", goods),
            "inspected": self.env._("The goods were inspected: %s", self._results()),
            "closed": self.env._("The return is closed."),
            "cancelled": self.env._("The return was cancelled."),
        }
        return texts.get(self.state, "")

    def _goods(self) -> str:
        return ", ".join(
            f"{line.received_quantity:g} × {line.product_id.display_name}"
            for line in self.line_ids
            if line.received_quantity
        )

    def _results(self) -> str:
        return "; ".join(
            f"{line.product_id.display_name}: {line.result_text}" for line in self.line_ids if line.result_text
        )

    # -- buttons

    def action_cancel(self) -> bool:
        """Cancel what has not arrived of these returns; what has arrived stays."""
        for record in require(self, ServiceRole.agent):
            if record.state not in ("announced", "expected"):
                raise UserError(
                    record.env._(
                        "Return %s cannot be cancelled: goods have arrived, or it has ended. Mark goods that do not "
                        "come as missing in the inspection.",
                        record.name,
                    )
                )
            record._cancel_rest()
        return True

    def _cancel_rest(self) -> None:
        """Cancel the parts that have not arrived, and their receipts."""
        waiting = self.rma_ids.filtered(lambda rma: stage_of(rma.state) in (Stage.unplanned, Stage.expected))
        # Cancelling a receipt puts its part back to draft first, which is no news.
        waiting.with_context(retail_sync_return_busy=True).action_cancel()
        self._refresh()

    def action_expect_again(self) -> bool:
        """Make new receipts where the warehouse has cancelled them."""
        for record in require(self, ServiceRole.agent):
            record.rma_ids.filtered(lambda rma: rma.state == "draft").with_context(mail_notrack=True).action_confirm()
            record._refresh()
        return True

    def action_close(self) -> bool:
        """Close returns whose goods were inspected, without a refund."""
        for record in require(self, ServiceRole.supervisor):
            if record.state != "inspected":
                raise UserError(
                    record.env._("Return %s is closed once its goods have arrived and were inspected.", record.name)
                )
            open_parts = record.rma_ids.filtered(lambda rma: stage_of(rma.state) is Stage.received)
            open_parts.write({"state": "finished"})
        return True

    def action_label(self) -> bool:
        """Ask the carrier for the label again."""
        for record in require(self, ServiceRole.agent):
            if record.state in OPEN:
                label.ask(record)
        return True

    def action_inspect(self) -> dict[str, Any]:
        """Open the dialog in which the results of an inspection are entered."""
        self.ensure_one()
        require(self, *INSPECTORS)
        return self.env["retail.sync.return.inspect"]._open(self)

    def action_open_transfers(self) -> dict[str, Any]:
        """Show the transfers that bring the goods back and put them away."""
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return {**action, "domain": [("id", "in", self.picking_ids.ids)], "context": {}}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(self.env._("Returns are not deleted. Cancel a return that does not come."))
