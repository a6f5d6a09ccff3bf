from typing import Any

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions
from . import preview, references, session, to_platform


class RetailSyncMergeWizard(models.TransientModel):
    """Merge customers: choose the survivor and its values, and see what the merge changes."""

    _name = "retail.sync.merge.wizard"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Merge customers"
    _choices = ("partner_ids", "survivor_id")

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", context={"active_test": False}, help="Customers to merge into one."
    )
    survivor_id = fields.Many2one(
        "res.partner",
        required=True,
        domain="[('id', 'in', partner_ids)]",
        context={"active_test": False},
        help="Customer that remains. The others are merged into it, and their ids are no longer used.",
    )
    line_ids = fields.One2many(
        "retail.sync.merge.wizard.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        string="Values",
        help="The value of each field that survives. Choose another customer to use that customer's value.",
    )
    outlook = fields.Text(
        compute="_compute_outlook", string="Effects", help="What the merge changes in Odoo and on the platforms."
    )
    reason = fields.Char(help="Why the customers are the same. The merge keeps the reason.")

    @api.model
    def default_get(self, names: list[str]) -> dict[str, Any]:
        values = super().default_get(names)
        if self.env.context.get("active_model") == "res.partner":
            ids = self.env.context.get("active_ids") or []
            values["partner_ids"] = [Command.set(ids)]
            if ids and not values.get("survivor_id"):
                core_wizard = self.env["base.partner.merge.automatic.wizard"]
                values["survivor_id"] = core_wizard._retail_sync_survivor(self.env["res.partner"].browse(ids)).id
        return values

    @api.depends("survivor_id", "partner_ids")
    def _compute_line_ids(self) -> None:
        for wizard in self:
            survivor = wizard.survivor_id._origin
            losers = wizard.partner_ids._origin - survivor
            rows = preview.preview_merge(self.env, survivor, losers) if survivor and losers else []
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "field_name": row["field"],
                            "label": row["label"],
                            "choice_id": row["source"],
                            "proposed_id": row["source"],
                            "reason": row["reason"],
                            "asks": row["asks"],
                            "options": row["options"],
                        }
                    )
                    for row in rows
                    if row["differs"]
                ),
            ]

    @api.depends("survivor_id", "partner_ids")
    def _compute_outlook(self) -> None:
        for wizard in self:
            # The open dialog holds new records, which are not equal to the customers they stand for.
            losers = wizard.partner_ids._origin - wizard.survivor_id._origin
            if not wizard.survivor_id or not losers:
                wizard.outlook = self.env._("Choose at least two customers.")
                continue
            obstacle = references.sealed_obstacle(self.env(su=True), losers)
            if obstacle:
                wizard.outlook = obstacle
                continue
            lines = [
                self.env._(
                    "%(losers)s are merged into %(survivor)s, which receives their documents, contacts, mails and "
                    "links. To undo the merge later, open Merges.",
                    losers=", ".join(losers.mapped("display_name")),
                    survivor=wizard.survivor_id.display_name,
                ),
                *to_platform.outlook_of_merge(self.env, wizard.survivor_id._origin, losers),
            ]
            wizard.outlook = "\n".join(lines)

    def action_merge(self) -> dict[str, Any]:
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("The reason is missing. Enter why these customers are the same."))
        losers = self.partner_ids - self.survivor_id
        choices = {line.field_name: line.choice_id.id for line in self.line_ids if line.choice_id}
        values = preview.values(self.env, self.survivor_id, losers, choices)
        merge = session.merge(self.env, self.survivor_id, losers, self.reason, values)
        return actions.open_record(merge)


class RetailSyncMergeWizardLine(models.TransientModel):
    """Choose the value of one field that survives a merge."""

    _name = "retail.sync.merge.wizard.line"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Value that survives a merge"
    _choices = ("choice_id", "proposed_id")
    _order = "id"

    wizard_id = fields.Many2one("retail.sync.merge.wizard", required=True, ondelete="cascade")
    field_name = fields.Char(required=True)
    label = fields.Char(string="Field")
    choice_id = fields.Many2one(
        "res.partner",
        string="Source",
        domain="[('id', 'in', parent.partner_ids)]",
        context={"active_test": False},
        help="Customer whose value survives.",
    )
    proposed_id = fields.Many2one("res.partner")
    reason = fields.Char(string="Rule", help="Rule that proposes this value.")
    asks = fields.Boolean()
    options = fields.Json()
    value_text = fields.Char(compute="_compute_texts", string="Surviving value", help="Value after the merge.")
    others_text = fields.Char(compute="_compute_texts", string="Discarded values", help="The other customers' values.")

    @api.depends("choice_id", "options")
    def _compute_texts(self) -> None:
        for line in self:
            texts = {option["id"]: option["text"] for option in line.options or []}
            line.value_text = texts.get(line.choice_id.id, "")
            others = [text for record_id, text in texts.items() if record_id != line.choice_id.id and text]
            line.others_text = " / ".join(dict.fromkeys(others))
