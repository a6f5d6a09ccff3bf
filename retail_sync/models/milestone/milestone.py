from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions
from ...runtime.erasure import Erasure
from . import protection, texts


class RetailSyncMilestone(models.Model):
    """Keep what happened to an order, once and in order. Rows are written by ``evaluation`` alone and never change.

    A row holds codes, ids, quantities, amounts and numbers of documents. What people typed (reasons, messages of a
    provider) stays in the documents, and is shown from there.
    """

    _name = "retail.sync.milestone"
    _inherit = ["retail.sync.append.only", "retail.sync.business.access"]
    _description = "Milestone"
    _erasure = Erasure(why="Holds codes, ids, quantities, amounts and numbers of documents; no value of a customer.")
    _log_access = False
    _guard = protection.GUARD
    _order = "at desc, rank desc, id desc"
    _rec_name = "title"
    _business_fields = (("sale.order", "res_id"),)

    res_model = fields.Char(string="Model of the order", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Order", model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    kind = fields.Selection(texts.KINDS, string="Milestone", required=True, readonly=True)
    ordinal = fields.Integer(
        required=True, readonly=True, help="Counts how often this milestone was reached for this document."
    )
    reversal = fields.Boolean(
        string="Takes back", required=True, readonly=True, help="This entry takes back an earlier one."
    )
    reverses_id = fields.Many2one(
        "retail.sync.milestone", string="Takes back entry", readonly=True, ondelete="restrict"
    )
    document_model = fields.Char(string="Model of the document", required=True, readonly=True)
    document_id = fields.Many2oneReference(
        string="Id of the document", model_field="document_model", required=True, readonly=True
    )
    document_name = fields.Char(string="Document", readonly=True)
    at = fields.Datetime(string="Business time", required=True, readonly=True, help="When it happened.")
    seen_at = fields.Datetime(string="Seen", required=True, readonly=True, help="When this entry was written.")
    cause = fields.Char(string="Code of the cause", readonly=True)
    signature = fields.Char(readonly=True, help="What, if it differs, makes it another milestone.")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    quantities = fields.Json(string="Quantities by order line", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    assumed = fields.Boolean(readonly=True, help="No carrier reported it: it follows from the days in Settings.")
    rank = fields.Integer(required=True, readonly=True, help="Order among milestones of the same time.")
    correlation = fields.Char(
        string="Correlation id", readonly=True, help="Entries that were written together share it."
    )

    title = fields.Char(compute="_compute_texts", string="What happened")
    cause_text = fields.Char(compute="_compute_texts", string="Cause")
    quantity_text = fields.Char(compute="_compute_texts", string="Quantity")
    order_name = fields.Char(
        compute="_compute_order_name", compute_sudo=True, search="_search_order_name", string="Order number"
    )
    taken_back = fields.Boolean(
        "Taken back",
        compute="_compute_taken_back",
        compute_sudo=True,
        help="A later entry takes this one back.",
    )

    _once_uniq = models.UniqueIndex("(res_model, res_id, kind, document_model, document_id, ordinal, reversal)")
    _order_idx = models.Index("(res_id, id)")
    _at_idx = models.Index("(at, id)")
    _kind_idx = models.Index("(kind, at)")
    _document_idx = models.Index("(document_model, document_id)")
    _reverses_idx = models.Index("(reverses_id) WHERE reverses_id IS NOT NULL")
    _company_idx = models.Index("(company_id, id)")

    # -- what screens show

    @api.depends("kind", "reversal", "cause", "quantities", "document_model", "document_id")
    @api.depends_context("lang", "uid")
    def _compute_texts(self) -> None:
        found = self._in_words()
        for row in self:
            row.title, row.cause_text, row.quantity_text = found[row.id]

    def _in_words(self, documents: bool = True) -> dict[int, tuple[str, str, str]]:
        """Return {row id: (what happened, cause, quantity)} in the language of the reader.

        :param documents: whether the documents are asked what they say themselves; else the code of the cause speaks
        """
        labels = dict(self._fields["kind"]._description_selection(self.env))
        by_document = self._texts_of_documents() if documents else {}
        units = texts.unit_names(self.env, self.mapped("quantities"))
        return {
            row.id: (
                texts.reversal(self.env, row.kind) if row.reversal else labels[row.kind],
                by_document.get(row.id) or texts.cause(self.env, row.cause or ""),
                texts.quantity(self.env, row.quantities, units),
            )
            for row in self
        }

    def _texts_of_documents(self) -> dict[int, str]:
        """Return {row id: what the document itself says}: the reason of a credit note, the message of a provider.

        With the rights of the reader: who may not read the document reads the sentence of the code.
        """
        sources = {
            "refund_issued": ("account.move", "ref"),
            "payment_failed": ("payment.transaction", "state_message"),
            "refund_failed": ("payment.transaction", "state_message"),
            "tracking": ("stock.picking", "carrier_tracking_ref"),
        }
        found = {}
        for kind, rows in self.filtered(lambda row: not row.reversal).grouped("kind").items():
            if kind not in sources:
                continue
            model, field = sources[kind]
            documents = self.env[model].browse(set(rows.mapped("document_id"))).exists()
            if not documents.has_access("read"):
                documents = documents._filtered_access("read")
            standing = dict(
                zip(documents.ids, documents.mapped(lambda item, field=field: item[field] or ""), strict=False)
            )
            found.update({row.id: standing[row.document_id] for row in rows if standing.get(row.document_id)})
        return found

    @api.depends("res_model", "res_id")
    def _compute_order_name(self) -> None:
        orders = self.env["sale.order"].browse(set(self.mapped("res_id"))).exists()
        names = {order.id: order.name for order in orders}
        for row in self:
            row.order_name = names.get(row.res_id, "")

    @api.model
    def _search_order_name(self, operator: str, value: Any) -> Any:
        if operator in fields.Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        orders = self.env["sale.order"].with_context(active_test=False)._search([("name", operator, value)])
        return [("res_model", "=", "sale.order"), ("res_id", "in", orders)]

    @api.depends("reversal")
    def _compute_taken_back(self) -> None:
        taken = {entry.id for (entry,) in self._read_group([("reverses_id", "in", self.ids)], ["reverses_id"])}
        for row in self:
            row.taken_back = row.id in taken

    def action_open_document(self) -> dict[str, Any]:
        """Open the document of this entry, or the order where the document is gone."""
        self.ensure_one()
        self.check_access("read")
        for model, res_id in ((self.document_model, self.document_id), (self.res_model, self.res_id)):
            if model in self.env and (record := self.env[model].browse(res_id).exists()):
                record.check_access("read")
                return actions.open_record(record)
        raise UserError(self.env._("The document no longer exists, so it cannot be opened."))

    def action_open_order(self) -> dict[str, Any]:
        """Open the order of this entry."""
        self.ensure_one()
        order = self.env["sale.order"].browse(self.res_id).exists()
        if not order:
            raise UserError(self.env._("The order no longer exists, so it cannot be opened."))
        order.check_access("read")
        return actions.open_record(order)

    def _search_display_name(self, operator: str, value: Any) -> Any:
        """Find entries by the number of their document."""
        return [("document_name", operator, value)]
