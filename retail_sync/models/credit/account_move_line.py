from datetime import date
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from . import rollups
from .constants import BLOCK_NAMES, CREDIT_NAMES, GOODS_NAMES


class AccountMoveLine(models.Model):
    """Schedule routing when journal items change: database triggers record the change, routing sends it."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        self.env["retail.sync.change"]._schedule_routing()
        return super().create(vals_list)

    def _write_multi(self, vals_list: list[dict[str, Any]]) -> Any:
        # Posting and reconciling change stored computed fields, which never pass through write().
        self.env["retail.sync.change"]._schedule_routing()
        return super()._write_multi(vals_list)


class ResPartner(models.Model):
    """Record credit changes that time or new rules cause."""

    _inherit = "res.partner"

    @api.model
    def _cron_retail_sync_credit(self) -> None:
        """Record changes of credit and returns rate that a new day causes.

        Once a day for each company, in the first hour of its day.
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        for company in companies:
            today, last = company._retail_sync_today(), company.retail_sync_credit_day
            if last and last >= today:
                continue
            overdue = self._newly_overdue(company, last, today)
            self.env["retail.sync.change"]._raise("res.partner", overdue, set(CREDIT_NAMES))
            aged = rollups.left_by_time(self.with_company(company).env, last, today)
            self.env["retail.sync.change"]._raise("res.partner", aged, set(GOODS_NAMES))
            company.retail_sync_credit_day = today
        ended = self._lift_ended_blocks()
        self.env["retail.sync.change"]._raise("res.partner", ended.ids, set(BLOCK_NAMES))

    @api.model
    def _newly_overdue(self, company: models.BaseModel, since: date | None, until: date) -> list[int]:
        """Return ids of partners with open receivables whose due date lies before ``until``.

        :param since: earliest due date; None for all
        """
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.partner_id
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                 WHERE line.company_id = %(company)s
                   AND account.account_type = 'asset_receivable'
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND line.amount_residual <> 0
                   AND line.partner_id IS NOT NULL
                   AND COALESCE(line.date_maturity, line.date) < %(until)s
                   AND (%(since)s::date IS NULL OR COALESCE(line.date_maturity, line.date) >= %(since)s::date)
                """,
                company=company.id,
                since=since or None,
                until=until,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _raise_all_credit(self) -> None:
        """Record a credit change for all linked customers, because the rules of the credit state changed."""
        self.env["retail.sync.link"].flush_model(["res_model", "res_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner.commercial_partner_id FROM res_partner partner"
                " JOIN retail_sync_link link"
                " ON link.res_model = 'res.partner' AND link.res_id = partner.id"
            )
        )
        names = {*CREDIT_NAMES, "credit_limit"}
        self.env["retail.sync.change"]._raise("res.partner", [partner_id for (partner_id,) in rows], names)
