import re
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.retail_sync.runtime.erasure import Erasure

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RetailSyncReason(models.Model):
    """A reason why a service action is asked for. Policies decide by its code, people read its name."""

    _name = "retail.sync.reason"
    _description = "Reason of service actions"
    _order = "sequence, id"
    _erasure = Erasure(why="Holds words that service managers choose; none is about a customer.")

    name = fields.Char(required=True, translate=True, help="What agents and customers read.")
    code = fields.Char(
        required=True,
        help="Small letters, digits and underscores. Policies, audits and the agent API know the reason by it, so it "
        "cannot be changed later.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="An archived reason is not offered any more. What was done stays.")
    action_ids = fields.Many2many(
        "retail.sync.action.kind",
        "retail_sync_reason_action_rel",
        "reason_id",
        "kind_id",
        string="Offered for",
        domain=[("looks_up", "=", False)],
        help="Service actions that may have this reason. Empty: all of them.",
    )

    _code_uniq = models.UniqueIndex("(code)", "There is a reason with this code already.")

    @api.constrains("code")
    def _check_code(self) -> None:
        for reason in self:
            if not _CODE.fullmatch(reason.code):
                raise ValidationError(
                    self.env._("The code of a reason has small letters, digits and underscores: %s", reason.code)
                )

    def write(self, vals: dict[str, Any]) -> bool:
        if "code" in vals and any(reason.code != vals["code"] for reason in self):
            raise UserError(self.env._("The code of a reason cannot be changed: add a reason, and archive this one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(self.env._("Reasons are archived, not deleted: what was done names them."))
