from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical import case  # noqa: F401  # registers the entity
from ...domain.canonical.kinds import to_json
from ...domain.commerce.order_exceptions import OPEN


class RetailSyncEntityCase(models.AbstractModel):
    """Order exceptions as cases of a service desk."""

    _name = "retail.sync.entity.case"
    _inherit = ["retail.sync.entity"]
    _description = "Cases of order exceptions"

    _entity = "case"
    _res_model = "retail.sync.order.exception"
    _plain = {
        "key": "key",
        "cause": "rule_code",
        "priority": "priority",
        "queue": "queue",
        "customer": "partner_id",
        "contact": "contact_id",
        "order": "order_id",
        "shipment": "picking_id",
        "return": "return_picking_id",
        "earlier": "earlier_id",
        "opened_at": "opened_at",
        "due_at": "due_at",
    }
    _title_field = "subject"
    _history_date = "opened_at"

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        return {
            **super()._columns(),
            "subject": ("rule_id", "order_id"),
            "description": ("rule_id", "due_at", "detail"),
            "state": ("state",),
            "closing_note": ("state", "closing", "ignore_reason"),
        }

    @api.model
    def _history_open(self) -> Domain:
        return Domain("state", "=", OPEN)

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        # What ended before the platform heard of it needs no case there.
        return super()._export_domain(stream) & Domain("raises_case", "=", True) & Domain("state", "=", OPEN)

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]):
        local = super()._local_values(records, ctx, bases)
        for exception in records:
            # In the language of the company: people on the platform read it, and no user of Odoo asks for it.
            worded = exception.with_context(
                lang=exception.company_id.partner_id.lang or self.env.lang, tz=exception.company_id.partner_id.tz
            )
            values = local[exception.id]
            values["subject"] = f"{worded.rule_id.name}: {worded.order_id.name}"
            values["description"] = "\n".join(filter(None, (worded._sentence(), worded.rule_id.next_step)))
            values["state"] = "open" if exception.state == OPEN else "solved"
            values["closing_note"] = worded._closing_text() or None
            for name in ("subject", "description"):
                values[name] = to_json(values[name], "text")
        return local
