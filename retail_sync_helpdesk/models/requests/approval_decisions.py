from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.retail_sync.runtime import actions

from . import approving

_AT_ONCE = 500


class RetailSyncApproval(models.Model):
    """The decisions of people on what waits."""

    _inherit = "retail.sync.approval"

    def action_approve(self) -> dict[str, Any]:
        """Agree to the action; it is carried out once every group that is asked has agreed.

        Where the order has changed meanwhile, the new effects are shown instead, and nothing is agreed to.

        :raises UserError: the user may not decide on it, or a rule says no by now
        """
        self.ensure_one()
        approval = self._readable()
        led_to = approving.agree(approval, self.env.user, "", self.env.context.get("retail_sync_shown_version"))
        if led_to == approving.CHANGED:
            text = self.env._("The order has changed since the request. Check what happens now, and approve again.")
            return actions.notify(text, attention=True)
        if led_to == approving.AGREED:
            return actions.notify(self.env._("Approved. Another group still has to agree."))
        return actions.notify(self.env._("Approved and carried out."))

    def action_refuse(self, reason: str = "") -> dict[str, Any]:
        """Refuse the action, with a reason that the requester reads.

        :raises UserError: the user may not decide on it, or there is no reason
        """
        self.ensure_one()
        approval = self._readable()
        if not (reason or "").strip():
            raise UserError(self.env._("The reason is missing. Enter why the request is refused."))
        approving.check_decision(approval, self.env.user, approval.money_version, fields.Datetime.now())
        approving.end(approval.action_id, "refused", user=self.env.user, reason=reason.strip(), approval=approval)
        return actions.close()

    def action_ask_reason(self) -> dict[str, Any]:
        """Open the dialog that asks why the request is refused."""
        self.ensure_one()
        approval = self._readable()
        approving.check_decision(approval, self.env.user, approval.money_version, fields.Datetime.now())
        wizard = self.env["retail.sync.approval.refuse"].create({"approval_id": self.id})
        return actions.dialog(self.env._("Refuse the request"), wizard)

    def _readable(self) -> "RetailSyncApproval":
        """Return the approval with the right of the system, once the user may read it.

        :raises AccessError: the user may not
        """
        if self.env.user._is_public() or not self.env.user._is_internal():
            raise AccessError(self.env._("Only employees decide on service actions."))
        self.check_access("read")
        return self.sudo()

    @api.model
    def _cron_expire(self) -> None:
        """End requests on which no decision was made in time."""
        due = self.sudo().search(
            [("state", "=", "waiting"), ("expires_at", "<=", fields.Datetime.now())], limit=_AT_ONCE, order="id"
        )
        for action in due.action_id:
            if action.try_lock_for_update() and action.state == "waiting":
                approving.end(action, "expired")
