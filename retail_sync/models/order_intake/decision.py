from collections.abc import Collection, Iterable
from typing import Any, Self

from odoo import api, fields, models

from ...domain.commerce.intake_findings import Accepted
from ...runtime.erasure import Erasure, Remote


class RetailSyncOrderDecision(models.Model):
    """What a person has decided about an incoming order: a value taken as it is, or another product for a line.

    A decision is about one value. Where the platform shows another one later, the check fails again. A decision about a
    change ends with that change: the same one may come again, and is then for a person again.
    """

    _name = "retail.sync.order.decision"
    _description = "Decision about an incoming order"
    _erasure = Erasure(rows=(Remote(),))
    _order = "id desc"

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index="btree_not_null")
    remote_object = fields.Char("Object", required=True)
    external_id = fields.Char("Id on the platform", required=True)
    kind = fields.Selection(
        [("accepted", "Taken as it is"), ("successor", "Another product")],
        required=True,
        default="accepted",
    )
    code = fields.Char(required=True, help="The failed check that the decision is about.")
    line_key = fields.Char("Line", help="Key of the line on the platform. Empty: the order as a whole.")
    value = fields.Char(help="The value that was taken as it is, or the SKU of the other product.")

    _record_idx = models.Index("(connection_id, remote_object, external_id)")

    @api.model
    def _decide(self, message: models.BaseModel, kind: str, decisions: Iterable[Accepted]) -> Self:
        """Keep what a person has decided about the order of a message. To be called once rights were checked."""
        vals: list[dict[str, Any]] = [
            {
                "connection_id": message.connection_id.id,
                "remote_object": message.remote_object,
                "external_id": message.external_id,
                "kind": kind,
                "code": decision.code,
                "line_key": decision.line or False,
                "value": decision.value or False,
            }
            for decision in decisions
        ]
        return self.sudo().create(vals)

    @api.model
    def _end(self, decision_ids: Collection[int]) -> None:
        """Forget decisions that have served their purpose: the audit trail keeps who decided what, and why."""
        if decision_ids:
            self.sudo().browse(decision_ids).exists().unlink()

    @api.model
    def _of(
        self, stream: models.BaseModel, external_ids: Collection[str]
    ) -> tuple[dict[str, dict[Accepted, list[int]]], dict[str, dict[str, str]]]:
        """Return ({external id: {what was accepted: decision ids}}, {external id: {line key: SKU}}).

        One query for a page.
        """
        found = self.sudo().search_fetch(
            [
                ("connection_id", "=", stream.connection_id.id),
                ("remote_object", "=", stream.remote_object),
                ("external_id", "in", list(external_ids)),
            ],
            ["external_id", "kind", "code", "line_key", "value"],
            order="id",
        )
        accepted: dict[str, dict[Accepted, list[int]]] = {}
        successors: dict[str, dict[str, str]] = {}
        for decision in found:
            key, line = decision.external_id, decision.line_key or ""
            if decision.kind == "successor":
                successors.setdefault(key, {})[line] = decision.value
            else:
                found_of = accepted.setdefault(key, {})
                found_of.setdefault(Accepted(decision.code, line, decision.value or ""), []).append(decision.id)
        return accepted, successors
