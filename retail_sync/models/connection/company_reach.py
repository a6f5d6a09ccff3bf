"""Managers configure what belongs to their own companies, and nothing beyond them."""

from typing import Any, Self

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL


class RetailSyncCompanyReach(models.AbstractModel):
    """Configuration that stays within the companies of who changes it.

    Odoo checks its record rules before a change only: a change could hand a record to another company.
    """

    _name = "retail.sync.company.reach"
    _description = "Configuration of own companies"

    # Fields by which a record belongs to a company, directly or through its connection.
    _company_fields: tuple[str, ...] = ("company_id", "connection_id", "stream_id")

    def write(self, vals: dict[str, Any]) -> bool:
        result: bool = super().write(vals)
        if not self.env.su and not set(self._company_fields).isdisjoint(vals):
            self.check_access("write")
            for name in self._company_fields:
                if name in vals and self._fields[name].relational and self._fields[name].comodel_name != "res.company":
                    self[name].check_access("read")
        return result


class RetailSyncConnection(models.Model):
    """A connection runs as a user without a sign-in of its own, in a company of who configures it."""

    _name = "retail.sync.connection"
    _inherit = ["retail.sync.connection", "retail.sync.company.reach"]

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        for vals in vals_list:
            if not self.env.su and "company_id" not in vals and not self._is_in_all_companies():
                vals["company_id"] = self.env.company.id
            self._check_reach(vals)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        self._check_reach(vals)
        return super().write(vals)

    @api.model
    def _check_reach(self, vals: dict[str, Any]) -> None:
        """Refuse a user or a company that would give a manager more than the manager's own rights.

        :raises UserError: the user may not run a connection
        :raises AccessError: the company is none of the manager's
        """
        if self.env.su:
            return
        if vals.get("user_id"):
            self._check_runs_as(self.env["res.users"].sudo().browse(vals["user_id"]))
        if "company_id" not in vals:
            return
        if vals["company_id"] and vals["company_id"] not in self.env.user.company_ids.ids:
            raise AccessError(
                self.env._("You do not work in this company. Choose one of your companies, or ask an administrator.")
            )
        if not vals["company_id"] and not self._is_in_all_companies():
            raise AccessError(
                self.env._(
                    "A connection without a company serves all companies, and you do not work in all of them. Choose a "
                    "company, or ask an administrator."
                )
            )

    @api.model
    def _check_runs_as(self, user: models.BaseModel) -> None:
        allowed = user.exists() and user.has_group("retail_sync.group_integration")
        if not allowed or user.has_group("base.group_erp_manager") or self._signs_in(user):
            raise UserError(
                self.env._(
                    "A connection runs as an integration user only: a member of the group 'Retail Sync: "
                    "integration user' who is no administrator and has no password. Choose such a user, or ask an "
                    "administrator to create one."
                )
            )

    @api.model
    def _signs_in(self, user: models.BaseModel) -> bool:
        """Return whether a user has a password: then it is a person, whose rights a connection would lend."""
        rows = self.env.execute_query(SQL("SELECT COALESCE(password, '') <> '' FROM res_users WHERE id = %s", user.id))
        return bool(rows and rows[0][0])

    @api.model
    def _is_in_all_companies(self) -> bool:
        others = Domain("id", "not in", self.env.user.company_ids.ids)
        return not self.env["res.company"].sudo().search(others, limit=1)
