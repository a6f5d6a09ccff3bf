from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions
from ..identity.evidence_labels import in_words

STATES = [
    ("open", "To decide"),
    ("later", "Put off"),
    ("merging", "Being merged"),
    ("merged", "Merged"),
    ("non_match", "Not the same"),
]


class RetailSyncDuplicateGroup(models.Model):
    """Customers that the duplicate finder takes for one, and what people made of that."""

    _name = "retail.sync.duplicate.group"
    _description = "Group of duplicates"
    _order = "certain desc, score desc, id"

    name = fields.Char(required=True, readonly=True, help="The customer that would remain.")
    kind = fields.Selection(
        [("person", "Person"), ("company", "Company")],
        readonly=True,
        help="Whether the customers are people or companies.",
    )
    signature = fields.Char(required=True, readonly=True)
    size = fields.Integer(string="Customers", readonly=True, help="How many customers are in the group.")
    score = fields.Integer(readonly=True, help="Evidence for the weakest link of the group, in hundredths of a bit.")
    bits = fields.Float(
        compute="_compute_bits",
        string="Evidence (bits)",
        digits=(8, 1),
        help="How strong the weakest link of the group is.",
    )
    certain = fields.Boolean(
        readonly=True,
        index=True,
        help="Each of the others would have been linked to the one that remains by itself. Only such groups are merged "
        "in batches.",
    )
    doubt = fields.Char(readonly=True, help="What a person should look at before merging.")
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        index=True,
        readonly=True,
        help="Not the same: the finder does not bring these customers together again.",
    )
    survivor_id = fields.Many2one(
        "res.partner",
        string="Remains",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Who would remain: users first, then who is linked to a platform, then who has orders, then the oldest.",
    )
    company_id = fields.Many2one("res.company", readonly=True, help="The company the customers belong to, if any.")
    line_ids = fields.One2many(
        "retail.sync.duplicate.group.line", "duplicate_id", string="Customers in it", readonly=True
    )
    names = fields.Char(compute="_compute_names", string="Who", help="The customers of the group.")
    waterfall = fields.Json(
        compute="_compute_waterfall", help="What speaks for each of them being the one that remains."
    )
    problem = fields.Char(readonly=True, help="Why the last merge of the group failed.")
    decided_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_on = fields.Datetime(readonly=True)
    create_date = fields.Datetime(string="Found on", readonly=True)

    _signature_uniq = models.UniqueIndex("(signature)", "This group is known already.")

    @api.depends("score")
    def _compute_bits(self):
        for group in self:
            group.bits = group.score / 100

    @api.depends("line_ids.partner_id")
    def _compute_names(self):
        for group in self:
            group.names = " · ".join(dict.fromkeys(group.line_ids.mapped("summary")))

    @api.depends("line_ids.evidence")
    def _compute_waterfall(self):
        for group in self:
            group.waterfall = [
                {
                    "id": line.partner_id.id,
                    "name": line.summary,
                    "evidence": in_words(self.env, line.evidence),
                }
                for line in group.line_ids
                if line.evidence
            ]

    def _living(self):
        """Return the customers of the group that are still there."""
        return self.line_ids.partner_id.exists()

    def action_compare(self):
        """Open the merge dialog: the customers side by side, which value survives and why."""
        self.ensure_one()
        partners = self._living()
        if len(partners) < 2:
            self._set_state("merged")
            raise UserError(self.env._("These customers are one already: somebody merged them, or deleted one."))
        return actions.dialog(
            self.env._("Merge customers"),
            self.env["retail.sync.merge.wizard"],
            active_model="res.partner",
            active_ids=partners.ids,
            default_survivor_id=(self.survivor_id or partners[0]).id,
            default_reason=self.env._("Found by the duplicate finder (%.1f bits)", self.bits),
        )

    def action_merge_batch(self):
        """Open the dialog that says what a merge of these groups would do."""
        return actions.dialog(
            self.env._("Merge in a batch"), self.env["retail.sync.duplicate.merge"], default_duplicate_ids=self.ids
        )

    def action_mark_non_match(self):
        """Say that the customers of these groups are not the same; the finder remembers it pair by pair."""
        self.check_access("write")
        non_matches = self.env["retail.sync.non.match"].sudo()
        pairs = {pair for group in self for pair in combinations(sorted(group._living().ids), 2)}
        held = non_matches.search([("partner_id", "in", [one for one, _other in pairs]), ("other_id", "!=", False)])
        pairs -= {(one.partner_id.id, one.other_id.id) for one in held}
        non_matches.create([{"partner_id": one, "other_id": other} for one, other in sorted(pairs)])
        self._set_state("non_match")

    def action_later(self):
        """Put these groups off: they leave the list until somebody takes them up again."""
        self._set_state("later")

    def action_reopen(self):
        """Take groups up again; customers said to be different may be the same once more."""
        self.check_access("write")
        pairs = {pair for group in self for pair in combinations(sorted(group._living().ids), 2)}
        said = self.env["retail.sync.non.match"].sudo().search([("other_id", "!=", False)])
        said.filtered(lambda one: (one.partner_id.id, one.other_id.id) in pairs).unlink()
        self._set_state("open")

    def action_search(self):
        """Start a search, or show the one that runs; the selection is no matter."""
        return self.env["retail.sync.duplicate.search"].action_start()

    def _set_state(self, state, problem=False):
        self.write(
            {"state": state, "problem": problem, "decided_by": self.env.uid, "decided_on": fields.Datetime.now()}
        )


class RetailSyncDuplicateGroupLine(models.Model):
    """One of the customers of a group."""

    _name = "retail.sync.duplicate.group.line"
    _description = "Customer in a group of duplicates"
    _order = "duplicate_id, remains desc, id"
    _rec_name = "partner_id"

    duplicate_id = fields.Many2one("retail.sync.duplicate.group", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", index=True)
    remains = fields.Boolean(readonly=True, help="The one that would remain.")
    evidence = fields.Json(readonly=True, help="What speaks for it being the one that remains.")
    summary = fields.Char(compute="_compute_summary")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    street = fields.Char(related="partner_id.street")
    city = fields.Char(related="partner_id.city")
    zip = fields.Char(related="partner_id.zip")
    vat = fields.Char(related="partner_id.vat")
    parent_id = fields.Many2one(related="partner_id.parent_id", string="Company")
    partner_active = fields.Boolean(related="partner_id.active", string="In use")
    created_on = fields.Datetime(related="partner_id.create_date", string="Customer since")

    @api.depends("partner_id.name", "partner_id.email", "partner_id.city")
    def _compute_summary(self):
        for line in self:
            partner = line.partner_id
            line.summary = ", ".join(part for part in (partner.name, partner.email, partner.city) if part)
