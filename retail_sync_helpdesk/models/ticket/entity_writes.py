"""How tickets of a desk are created and written: quietly, with the stage and the assignee that the desk says."""

from typing import Any

from odoo import api, models


class RetailSyncEntityTicket(models.AbstractModel):
    """What Odoo would otherwise compute when a ticket is written, such as another stage in another team."""

    _inherit = "retail.sync.entity.ticket"

    @api.model
    def _vals(self, values: dict[str, Any], item: Any, ctx: dict[str, Any]) -> dict[str, Any]:
        vals = super()._vals(values, item, ctx)
        if ctx.get("creating"):
            team = self.env["helpdesk.ticket.team"].sudo().browse(vals.get("team_id") or False)
            company = team.company_id.id or ctx.get("company_id") or self.env.company.id
            # A team that is of no stage has the stages of all teams.
            stage = ctx["stages"].of_status(values.get("status") or "new", team.id or None, company)
            vals.update({"stage_id": stage} if stage else {}, company_id=company)
            if ctx["stages"].closed(stage):
                vals["closed_date"] = vals.get("sync_solved_at") or vals.get("sync_updated_at") or False
            if vals.get("user_id") and vals.get("sync_created_at"):
                vals["assigned_date"] = vals["sync_created_at"]
        return vals

    @api.model
    def _create_records(self, items: list[Any], ctx: dict[str, Any]) -> dict[tuple[str, str], int]:
        return super()._create_records(items, {**ctx, "creating": True})

    @api.model
    def _vals_for_write(
        self, record: models.BaseModel, values: dict[str, Any], item: Any, ctx: dict[str, Any]
    ) -> dict[str, Any]:
        vals = super()._vals_for_write(record, values, item, ctx)
        stages, company = ctx["stages"], record.company_id.id
        team = vals.get("team_id", record.team_id.id) or None
        status = values.get("status") or stages.status(record.stage_id.id, record.team_id.id or None, company, None)
        moves = "team_id" in vals and not stages.fits(record.stage_id.id, team, company)
        if status and (moves or not stages.means(record.stage_id.id, status, team, company)):
            stage = stages.of_status(status, team, company)
            if stage and stage != record.stage_id.id:
                vals["stage_id"] = stage
        if "team_id" in vals and record.user_id:
            # Else Odoo takes an assignee who is no member of the new team away, and the desk would lose its agent.
            vals.setdefault("user_id", record.user_id.id)
        if vals.get("stage_id") and not stages.closed(vals["stage_id"]) and record.closed_date:
            vals["closed_date"] = False
        return vals

    @api.model
    def _write_records(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        result = super()._write_records(changes, ctx)
        closing = [res_id for res_id, vals in changes.items() if ctx["stages"].closed(vals.get("stage_id"))]
        # Odoo has put the time of our write: the desk knows when it was.
        times = {
            ticket.id: {"closed_date": ticket.sync_solved_at}
            for ticket in self._model().browse(closing)
            if ticket.sync_solved_at and ticket.closed_date != ticket.sync_solved_at
        }
        if times:
            super()._write_records(times, ctx)
        return result

    @api.model
    def _apply_deferred(self, reference: str, ids_by_target: dict[int, list[int]]) -> dict[int, Any]:
        result = super()._apply_deferred(reference, ids_by_target)
        if reference == "requester":
            for partner in self.env["res.partner"].sudo().browse(ids_by_target):
                tickets = self._model().browse(ids_by_target[partner.id])
                tickets.write({"partner_name": partner.name, "partner_email": partner.email})
        return result
