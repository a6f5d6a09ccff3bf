from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.control.machine_caps import Cap


class RetailSyncApiKeyCap(models.Model):
    """Limit what a machine does on its own within some hours: how often, how much, and how much at once."""

    _name = "retail.sync.api.key.cap"
    _description = "Cap of a machine"
    _order = "hours, id"
    _erasure = Erasure(why="Holds numbers that service managers set.")

    key_id = fields.Many2one("retail.sync.api.key", required=True, index=True, ondelete="cascade")
    name = fields.Char(string="Cap", required=True, help="Name that refusals mention.")
    hours = fields.Integer(default=24, required=True, help="Length of the window, which moves with the time.")
    count = fields.Integer(string="Actions", help="Actions within the window. 0: any number.")
    amount = fields.Float(
        digits=(16, 2), help="What may be given away within the window, in the currency of the key. 0: any amount."
    )
    single = fields.Float(string="Largest action", digits=(16, 2), help="What one action may give away. 0: any amount.")
    scope_ids = fields.Many2many(
        "retail.sync.api.scope",
        "retail_sync_api_key_cap_scope_rel",
        "cap_id",
        "scope_id",
        string="Of the actions",
        domain=[("kind", "=", "action")],
        help="Actions that count. Empty: all.",
    )

    _numbers_positive = models.Constraint(
        "CHECK (hours > 0 AND count >= 0 AND amount >= 0 AND single >= 0)",
        "A cap has a window of an hour or more, and no number below 0.",
    )

    @api.constrains("count", "amount", "single")
    def _check_limits_something(self) -> None:
        for cap in self:
            if not (cap.count or cap.amount or cap.single):
                raise ValidationError(self.env._("The cap %s limits nothing. Enter a number or an amount.", cap.name))

    def _cap(self) -> Cap:
        """Return the cap as the domain compares it."""
        self.ensure_one()
        return Cap(
            name=self.name,
            window=timedelta(hours=self.hours),
            count=self.count or None,
            amount=_amount(self.amount),
            single=_amount(self.single),
            actions=frozenset(self.scope_ids.mapped("code")),
        )


def _amount(value: float) -> Decimal | None:
    return Decimal(f"{value:.2f}") if value else None
