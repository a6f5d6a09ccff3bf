from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.merge.journal import Journal
from ...domain.security.audit import AuditKind
from ...runtime import actions, retention
from ...runtime.erasure import Erasure, Ids, Record, Through
from ..audit import trail
from . import session, undo
from .reference_tables import labels

KEEP_DAYS = 365


class RetailSyncMerge(models.Model):
    """Keep one merge of customers, its reason and every row that changed hands, so that it can be undone."""

    _name = "retail.sync.merge"
    _inherit = ["retail.sync.business.access"]
    _description = "Merge of customers"
    _erasure = Erasure(
        rows=(Record(), Ids("survivor_ref"), Through("retail_sync_merge_line", Ids("old_id"), others=("merge_id",))),
        quotes=("reason", "undo_reason", "undo_report"),
    )
    _order = "id desc"

    res_model = fields.Char(required=True, default="res.partner", readonly=True)
    # A later merge of the survivor moves this reference to the later survivor.
    res_id = fields.Many2oneReference(model_field="res_model", string="Survivor id", required=True, readonly=True)
    survivor_ref = fields.Integer(
        required=True,
        readonly=True,
        index=True,
        string="Survivor at the time",
        help="Id of the customer that survived this merge, even if it was merged or deleted later.",
    )
    survivor_id = fields.Many2one(
        "res.partner",
        compute="_compute_survivor_id",
        search="_search_survivor_id",
        help="Customer that remains after the merge.",
    )
    line_ids = fields.One2many("retail.sync.merge.line", "merge_id", string="Customers before the merge", readonly=True)
    loser_names = fields.Char(
        compute="_compute_loser_names",
        string="Merged customers",
        help="Customers that were merged into the survivor.",
    )
    source = fields.Selection(
        [
            ("person", "A data steward"),
            ("wizard", "The core merge wizard"),
            ("platform", "A platform"),
        ],
        required=True,
        readonly=True,
        default="person",
        string="Started by",
        help="A platform: users of the platform merged the two records, and Odoo merged the customers.",
    )
    connection_id = fields.Many2one(
        "retail.sync.connection",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Connection whose users merged the records.",
    )
    reason = fields.Char(readonly=True, help="Why the customers are the same.")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null", string="Merged by")
    state = fields.Selection(
        [("draft", "In progress"), ("done", "Merged"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        help="Undone: the customers are separate again.",
    )
    # The rows hold other users' data, so only the system reads the journal.
    journal = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    moved_count = fields.Integer(
        readonly=True, string="Rows moved", help="Number of documents, mails and other rows moved to the survivor."
    )
    moved_text = fields.Text(
        compute="_compute_moved_text",
        compute_sudo=True,
        string="Moved to the survivor",
        help="Number of rows that went to the survivor, by model.",
    )
    undone_by = fields.Many2one("res.users", readonly=True, ondelete="set null", string="Undone by")
    undone_at = fields.Datetime(readonly=True, string="Undone on")
    undo_reason = fields.Char(readonly=True, string="Reason of the undo", help="Why the merge was wrong.")
    undo_report = fields.Text(readonly=True, string="Not restored", help="What the undo did not restore, and why.")

    _record_idx = models.Index("(res_model, res_id)")
    _retention_idx = models.Index("(create_date)")

    @api.depends("res_model", "res_id")
    def _compute_survivor_id(self) -> None:
        existing = self.env["res.partner"].sudo().browse(self.mapped("res_id")).exists()
        for merge in self:
            merge.survivor_id = merge.res_id if merge.res_id in existing.ids else False

    @api.model
    def _search_survivor_id(self, operator: str, value: Any) -> Any:
        if operator in ("in", "=", "any"):
            return [("res_model", "=", "res.partner"), ("res_id", "in", self._survivor_ids(operator, value))]
        return NotImplemented

    @api.model
    def _survivor_ids(self, operator: str, value: Any) -> Any:
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners._search([("id", operator, value)]) if operator == "any" else list(value)

    @api.depends("line_ids.name")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_loser_names(self) -> None:
        for merge in self:
            merge.loser_names = ", ".join(name for name in merge.line_ids.mapped("name") if name)

    @api.depends("journal")
    def _compute_moved_text(self) -> None:
        for merge in self:
            rows_by_label = labels(self.env, Journal.of(merge.journal).counts())
            merge.moved_text = "\n".join(f"{name}: {count}" for name, count in sorted(rows_by_label.items())) or False

    @api.depends("survivor_id", "line_ids.name")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_display_name(self) -> None:
        for merge in self:
            merge.display_name = self.env._(
                "%(losers)s into %(survivor)s",
                losers=merge.loser_names or "?",
                survivor=merge.survivor_id.display_name or f"#{merge.survivor_ref}",
            )

    def _after_merge(self, survivor: models.BaseModel) -> None:
        """Hook: called in the transaction of the merge, after the customers were merged.

        :param survivor: the partner that remains
        """

    def action_undo(self) -> dict[str, Any]:
        """Open the dialog that shows what an undo restores; the undo starts when the user confirms."""
        self.ensure_one()
        session.check_steward(self.env)
        wizard = self.env["retail.sync.merge.undo"].create({"merge_id": self.id})
        return actions.dialog(self.env._("Undo a merge"), wizard)

    def action_open_survivor(self) -> dict[str, Any]:
        self.ensure_one()
        if not self.survivor_id:
            raise UserError(self.env._("The survivor was deleted after the merge, so there is no customer to open."))
        return actions.open_record(self.survivor_id)

    @retention.batched
    def _gc_merges(self) -> retention.Progress:
        """Delete merges with their snapshots after the days of Settings: from then on they cannot be undone.

        The audit trail still says who merged whom.
        """
        limit = retention.before(self.env, "keep_merges_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        old = SQL("create_date < %s AND state <> 'draft'", limit)
        return retention.delete_expired(self, old, SQL("create_date"))

    def _undo(self, reason: str | None = None) -> list[str]:
        """Undo the merge; return sentences about what could not be restored.

        :raises UserError: when the merge cannot be undone; the text says why
        """
        self.ensure_one()
        report = undo.undo(self.env, self)
        trail.add(
            self.env,
            AuditKind.MERGE_UNDO,
            model="res.partner",
            res_ids=[self.survivor_ref, *self.sudo().line_ids.mapped("old_id")],
            connection=self.sudo().connection_id,
            reason=reason or "",
            details={"merge": self.id},
        )
        self.sudo().write(
            {
                "state": "undone",
                "undone_by": self.env.uid,
                "undone_at": fields.Datetime.now(),
                "undo_reason": reason,
                "undo_report": "\n".join(dict.fromkeys(report)) or False,
            }
        )
        return report


class RetailSyncMergeLine(models.Model):
    """Keep a customer that a merge deleted, with its stored values."""

    _name = "retail.sync.merge.line"
    _inherit = ["retail.sync.business.access"]
    _description = "Merged customer"
    _erasure = Erasure(rows=(Ids("old_id"),), quotes=("name", "email"))
    _order = "merge_id desc, id"
    _business_fields = (("res.partner", "merge_id.res_id"),)

    merge_id = fields.Many2one("retail.sync.merge", required=True, ondelete="cascade", index=True)
    old_id = fields.Integer(
        required=True,
        readonly=True,
        index=True,
        string="Former id",
        help="Id of the customer in Odoo. An undo restores the customer under this id.",
    )
    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", help="Company of the customer.")
    external_id = fields.Char(
        readonly=True, string="External id", help="Id of the record on the platform, if the platform merged it."
    )
    snapshot = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    values = fields.Json(
        compute="_compute_values",
        compute_sudo=True,
        groups="retail_sync.group_steward",
        string="Former values",
        help="Stored values of the customer when it was merged.",
    )

    @api.depends("snapshot")
    def _compute_values(self) -> None:
        model = self.env["res.partner"]
        for line in self:
            line.values = {
                model._fields[name].string: value
                for name, value in (line.snapshot or {}).items()
                if value not in (None, False, "", 0, {})
                and name in model._fields
                # A field with groups may be hidden from the reader on the customer, so it is hidden here too.
                and not model._fields[name].groups
                and model._fields[name].type in ("char", "text", "html", "selection", "boolean", "date", "integer")
            } or False
