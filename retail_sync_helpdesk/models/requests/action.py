import logging
from typing import Any
from uuid import uuid4

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.retail_sync.runtime.erasure import Erasure, Ids, Through

from ...domain.rules import Refusal
from ..access.texts import rule_documents
from .protection import GUARD, TEXTS

_logger = logging.getLogger(__name__)

ACTIONS = [
    ("cancel_order", "Cancel the order"),
    ("cancel_rest", "Cancel what is still open"),
    ("change_address", "Change the delivery address"),
    ("return", "Return goods"),
    ("refund_full", "Refund everything"),
    ("refund_lines", "Refund lines"),
    ("refund_shipping", "Refund shipping costs"),
    ("refund_goodwill", "Refund as goodwill"),
    ("replace", "Replace goods"),
    ("exchange", "Exchange goods"),
    ("adjust_loyalty", "Adjust loyalty points"),
    ("resend_invoice", "Send an invoice again"),
]
STATES = [
    ("done", "Done"),
    ("waiting", "Waiting for approval"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("expired", "Expired"),
]


def _refusal(values: dict[str, str]) -> Refusal:
    facts = tuple((name, value) for name, value in values.items() if name not in ("rule", "force"))
    return Refusal(values["rule"], facts)


class RetailSyncAction(models.Model):
    """What an agent, or a machine, asked to be done with an order, and what became of it.

    Written by requests alone. What was asked for never changes; what waits is decided once.
    """

    _name = "retail.sync.action"
    _description = "Service action"
    _order = "id desc"
    _rec_name = "uuid"
    _erasure = Erasure(rows=(Through("sale_order", Ids("partner_id"), ("order_id",)),), blank=TEXTS)

    uuid = fields.Char(required=True, readonly=True, copy=False, default=lambda _self: str(uuid4()), string="UUID")
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="done", index=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the company")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    request = fields.Text(readonly=True, help="The request, as JSON. Empty once the customer was erased.")
    preview = fields.Text(readonly=True, help="What was shown before the request was submitted, as JSON.")
    facts = fields.Text(readonly=True, help="The facts that decided, as JSON.")
    policy = fields.Char(readonly=True, help="Id and version of the policy that decided.")
    rules = fields.Json(readonly=True, help="Rules that said no: to a refused request, or set aside by an override.")
    reason = fields.Char(readonly=True, help="Code of the reason.")
    note = fields.Text(readonly=True)
    override_reason = fields.Text(
        string="Why rules were set aside", readonly=True, help="Why rules of the policy were set aside."
    )
    money_version = fields.Integer(
        string="Version of the money", readonly=True, help="Counter of the order's money when this was submitted."
    )

    amounts = fields.Json(readonly=True, help="Amounts by name, in the currency of the order.")
    amount = fields.Monetary(readonly=True, help="What the shop gives away, in the currency of the order.")
    amount_company = fields.Monetary(
        readonly=True, currency_field="company_currency_id", string="Amount in the currency of the company"
    )
    documents = fields.Json(readonly=True, help="What was made: kind, id and number of each document.")

    actor_reference = fields.Char(
        string="Key or user", required=True, readonly=True, index=True, help="The key or the user that acted."
    )
    actor_name = fields.Char(readonly=True, string="Actor")
    actor_kind = fields.Selection(
        [("person", "Person"), ("machine", "Machine")],
        required=True,
        readonly=True,
        string="Asked by a person or a machine",
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", string="Responsible user")
    channel = fields.Selection([("api", "Agent API"), ("screen", "Odoo")], required=True, readonly=True)
    verified_by = fields.Char(string="Customer verified by", readonly=True, help="How the customer was verified.")
    verified_at = fields.Datetime(string="Verified on", readonly=True)
    correlation_id = fields.Char(readonly=True, index="btree_not_null")

    submitted_at = fields.Datetime(string="Submitted on", required=True, readonly=True, default=fields.Datetime.now)
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", string="Decided by")
    decision = fields.Text(readonly=True, string="Reason of the decision")

    documents_text = fields.Char(compute="_compute_documents_text", string="Documents")
    rules_text = fields.Text(compute="_compute_rules_text", string="Rules that said no")

    _uuid_uniq = models.UniqueIndex("(uuid)", "An action has a UUID of its own.")
    _actor_idx = models.Index("(actor_reference, id)")

    @api.depends("action", "order_id.name")
    def _compute_display_name(self) -> None:
        labels = dict(self._fields["action"]._description_selection(self.env))
        for record in self:
            record.display_name = f"{labels.get(record.action, '')} · {record.order_id.sudo().name or ''}"

    @api.depends("documents")
    def _compute_documents_text(self) -> None:
        for record in self:
            numbers = [document.get("number") or str(document["id"]) for document in record.documents or ()]
            record.documents_text = ", ".join(numbers)

    @api.depends("rules")
    @api.depends_context("lang")
    def _compute_rules_text(self) -> None:
        for record in self:
            refusals = [_refusal(values) for values in record.rules or ()]
            record.rules_text = "\n".join(rule.text for rule in rule_documents(self.env, refusals))

    # -- protection

    def _register_hook(self) -> None:
        super()._register_hook()
        # After each load of the registry: an upgrade or a restored dump may have lost the triggers.
        try:
            with self.env.cr.savepoint():
                if GUARD.is_due(self.env) and (made := GUARD.ensure(self.env)):
                    _logger.info("Service actions: made the triggers %s", ", ".join(made))
        except psycopg2.Error:
            _logger.exception("The protection of service actions could not be checked")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        if not self.env.su:
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        if not self.env.su:
            raise self._refusal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise self._refusal()

    def _refusal(self) -> AccessError:
        return AccessError(
            self.env._("Service actions are written by the requests that they record. Submit an action on the order.")
        )
