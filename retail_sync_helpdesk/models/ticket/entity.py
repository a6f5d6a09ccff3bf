from dataclasses import replace
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.retail_sync.domain.canonical.entity_spec import Effect

from . import stages
from .declaration import TICKET


class RetailSyncEntityTicket(models.AbstractModel):
    """Tickets of a desk <-> helpdesk.ticket."""

    _name = "retail.sync.entity.ticket"
    _inherit = ["retail.sync.entity"]
    _description = "Tickets in Odoo"

    _entity = TICKET.name
    _res_model = "helpdesk.ticket"
    _title_field = "subject"
    _history_date = "create_date"
    _plain = {
        "subject": "name",
        "description": "description",
        "requester": "partner_id",
        "organisation": "sync_organisation_id",
        "brand": "sync_brand",
        "form": "sync_form",
        "url": "sync_url",
        "satisfaction": "sync_satisfaction",
        "satisfaction_comment": "sync_satisfaction_comment",
        "created_at": "sync_created_at",
        "updated_at": "sync_updated_at",
        "solved_at": "sync_solved_at",
        "number": "number",
    }

    # -- which records

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Leave out tickets that another desk, or an earlier stream, has, and those of teams that it does not know.

        While no team stands for a group, tickets of all teams are sent.
        """
        links = self.env["retail.sync.link"].sudo()._search([("res_model", "=", self._res_model)])
        domain = super()._export_domain(stream) & Domain("id", "not in", links.subselect("res_id"))
        teams = self.env["retail.sync.ticket.value"].sudo()._teams(stream.connection_id)
        return domain & Domain("team_id", "in", [False, *teams]) if teams else domain

    @api.model
    def _outbound_references(
        self, stream: models.BaseModel, records: models.BaseModel, local: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        """Wait for a requester only where a stream sends it: a desk makes others of name and address itself."""
        found = super()._outbound_references(stream, records, local)
        for references in found.values():
            for name, reference in references.items():
                if reference and not isinstance(reference, str) and not reference.due:
                    references[name] = replace(reference, expected=False)
        return found

    @api.model
    def _history_open(self) -> Domain:
        return Domain("closed", "=", False)

    @api.model
    def _ended(self, records: models.BaseModel) -> models.BaseModel:
        return records.filtered("closed")

    @api.model
    def _end_records(self, records: models.BaseModel, effect: Effect) -> None:
        """Close tickets that were deleted on the desk: what was written in them stays."""
        known = stages.read(self.env)
        changes: dict[int, dict[str, Any]] = {}
        for ticket in records:
            stage = known.of_status("closed", ticket.team_id.id or None, ticket.company_id.id)
            changes[ticket.id] = {"stage_id": stage} if stage else {}
        self._write_records(changes, {"stages": known})

    @api.model
    def _steering_columns(self) -> set[str]:
        return super()._steering_columns() | {"company_id"}

    @api.model
    def _change_sources(self) -> list[Any]:
        """Return what changes tags and linked orders: rows of other tables."""
        return [
            *super()._change_sources(),
            self._change_source(
                "helpdesk_ticket_helpdesk_ticket_tag_rel", "helpdesk_ticket_id", ("helpdesk_ticket_tag_id",), ("tags",)
            ),
            self._change_source("retail_sync_ticket_document", "ticket_id", ("state", "order_id"), ("orders",)),
        ]
