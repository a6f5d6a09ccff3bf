from itertools import combinations
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.security.audit import AuditKind
from ...runtime import actions, rights
from ...runtime.erasure import Erasure, Ids, Through
from ...runtime.rights import Role
from ..audit import trail
from ..identity.evidence_labels import in_words

STATES = [
    ("open", "To review"),
    ("later", "Postponed"),
    ("merging", "Merging"),
    ("merged", "Merged"),
    ("non_match", "Different customers"),
]


class RetailSyncDuplicateGroup(models.Model):
    """Keep customers that the duplicate finder takes for the same, and the decision of a person about them."""

    _name = "retail.sync.duplicate.group"
    _inherit = ["retail.sync.business.access", "retail.sync.bounded.read"]
    _description = "Duplicate group"
    _erasure = Erasure(
        rows=(
            Ids("survivor_id"),
            Through("retail_sync_duplicate_group_line", Ids("partner_id"), others=("duplicate_id",)),
        ),
        quotes=("name", "doubt", "problem"),
    )
    _order = "certain desc, score desc, id"
    # A group of which one customer is hidden says too much about it: its evidence and its names.
    _business_fields = (("res.partner", "survivor_id"), ("res.partner", "line_ids.partner_id"))

    name = fields.Char(required=True, readonly=True, help="Name of the proposed survivor.")
    kind = fields.Selection(
        [("person", "Person"), ("company", "Company")],
        readonly=True,
        help="Whether the customers are people or companies.",
    )
    signature = fields.Char(required=True, readonly=True)
    size = fields.Integer(string="Customers", readonly=True, help="Number of customers in the group.")
    score = fields.Integer(readonly=True, help="Evidence for the weakest pair of the group, in hundredths of a bit.")
    bits = fields.Float(
        compute="_compute_bits",
        string="Evidence (bits)",
        digits=(8, 1),
        help="Strength of the weakest pair of the group.",
    )
    certain = fields.Boolean(
        readonly=True,
        index=True,
        help="The evidence for each customer is strong enough to link it to the survivor automatically. Only "
        "such groups are merged in batches.",
    )
    doubt = fields.Char(readonly=True, help="What to check before merging.")
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        index=True,
        readonly=True,
        help="Different customers: the finder does not propose these customers again.",
    )
    survivor_id = fields.Many2one(
        "res.partner",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Proposed survivor: a user first, then a customer linked to a platform, then a customer with orders, "
        "then the oldest.",
    )
    company_id = fields.Many2one("res.company", readonly=True, help="Company of the customers, if they have one.")
    line_ids = fields.One2many(
        "retail.sync.duplicate.group.line", "duplicate_id", string="Customers of the group", readonly=True
    )
    names = fields.Char(compute="_compute_names", string="Customers' names", help="Customers of the group.")
    waterfall = fields.Json(
        compute="_compute_waterfall", help="Evidence that each customer is the same as the survivor."
    )
    problem = fields.Char(readonly=True, help="Why the last merge of the group failed.")
    decided_by = fields.Many2one("res.users", "Decided by", readonly=True, ondelete="set null")
    decided_on = fields.Datetime("Decided on", readonly=True)
    create_date = fields.Datetime(string="Found on", readonly=True)

    _signature_uniq = models.UniqueIndex("(signature)", "This duplicate group exists already.")

    @api.depends("score")
    def _compute_bits(self) -> None:
        for group in self:
            group.bits = group.score / 100

    @api.depends("line_ids.partner_id")
    def _compute_names(self) -> None:
        for group in self:
            group.names = " · ".join(dict.fromkeys(group.line_ids.mapped("summary")))

    @api.depends("line_ids.evidence")
    def _compute_waterfall(self) -> None:
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

    def _existing_customers(self) -> models.BaseModel:
        """Return the customers of the group that still exist."""
        return self.line_ids.partner_id.exists()

    def action_compare(self) -> dict[str, Any]:
        """Open the merge dialog, which compares the customers and proposes the surviving values.

        :raises UserError: fewer than two of the customers still exist
        """
        self.ensure_one()
        rights.require(self, Role.steward)
        partners = self._existing_customers()
        if len(partners) < 2:
            self._set_state("merged")
            raise UserError(self.env._("At most one of these customers still exists, so there is nothing to merge."))
        return actions.dialog(
            self.env._("Merge customers"),
            self.env["retail.sync.merge.wizard"],
            active_model="res.partner",
            active_ids=partners.ids,
            default_survivor_id=(self.survivor_id or partners[0]).id,
            default_reason=self.env._("Found by the duplicate finder (%.1f bits)", self.bits),
        )

    def action_merge_batch(self) -> dict[str, Any]:
        """Open the dialog that shows what a merge of these groups changes."""
        rights.require(self, Role.steward)
        return actions.dialog(
            self.env._("Merge in a batch"), self.env["retail.sync.duplicate.merge"], default_duplicate_ids=self.ids
        )

    def action_mark_non_match(self) -> None:
        """Mark the customers of these groups as different; each pair becomes a non-match."""
        rights.require(self, Role.steward)
        non_matches = self.env["retail.sync.non.match"].sudo()
        pairs, known = self._pairs()
        pairs -= {(non_match.partner_id.id, non_match.other_id.id) for non_match in known}
        non_matches.create([{"partner_id": first, "other_id": second} for first, second in sorted(pairs)])
        self._set_state("non_match")
        self._note("non_match")

    def action_later(self) -> None:
        """Postpone these groups: they leave the list until a person reopens them."""
        self._set_state("later")

    def action_reopen(self) -> None:
        """Reopen these groups, and delete the non-matches between their customers."""
        rights.require(self, Role.steward)
        pairs, known = self._pairs()
        known.filtered(lambda non_match: (non_match.partner_id.id, non_match.other_id.id) in pairs).unlink()
        self._set_state("open")
        self._note("reopen")

    def _note(self, answer: str) -> None:
        """Write what a person decided into the audit trail."""
        trail.add(
            self.env,
            AuditKind.DECISION,
            model="res.partner",
            res_ids=self._existing_customers().ids,
            details={"answer": answer, "groups": self.ids},
        )

    def _pairs(self) -> tuple[set[tuple[int, int]], models.BaseModel]:
        """Return (pairs of ids of these groups' customers, the lower first; non-matches of the first of each pair)."""
        pairs = {pair for group in self for pair in combinations(sorted(group._existing_customers().ids), 2)}
        known = (
            self.env["retail.sync.non.match"]
            .sudo()
            .search([("partner_id", "in", [first for first, _second in pairs]), ("other_id", "!=", False)])
        )
        return pairs, known

    def action_search(self) -> dict[str, Any]:
        """Start a search, or show the running search; the selected groups do not matter."""
        return self.env["retail.sync.duplicate.search"].action_start()

    def _set_state(self, state: str, problem: str | bool = False) -> None:
        rights.require(self, Role.steward).write(
            {"state": state, "problem": problem, "decided_by": self.env.uid, "decided_on": fields.Datetime.now()}
        )


class RetailSyncDuplicateGroupLine(models.Model):
    """Keep one customer of a duplicate group."""

    _name = "retail.sync.duplicate.group.line"
    _inherit = ["retail.sync.business.access"]
    _description = "Customer of a duplicate group"
    _erasure = Erasure(rows=(Ids("partner_id"),), elements=("evidence",))
    _order = "duplicate_id, remains desc, id"
    _rec_name = "partner_id"
    _business_fields = (("res.partner", "partner_id"),)

    duplicate_id = fields.Many2one("retail.sync.duplicate.group", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", index=True)
    remains = fields.Boolean(string="Survivor", readonly=True, help="Whether this customer is the proposed survivor.")
    evidence = fields.Json(readonly=True, help="Evidence that this customer is the same as the survivor.")
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
    def _compute_summary(self) -> None:
        for line in self:
            partner = line.partner_id
            line.summary = ", ".join(part for part in (partner.name, partner.email, partner.city) if part)
