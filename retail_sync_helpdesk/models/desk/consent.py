"""A user of the desk agrees in the browser that Odoo acts in their name."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.adapter import FaultError

PATH = "/retail_sync/desk/authorized"
# The desk's page is answered within this time, or begun anew.
STATE_LIFE = timedelta(minutes=15)


class RetailSyncConnection(models.Model):
    """The way to the desk's page and back; the answer is good once, for the user who began it."""

    _inherit = "retail.sync.connection"

    desk_agreed = fields.Boolean(
        compute="_compute_desk_agreed", compute_sudo=True, string="User agreed", help="A user of the desk has agreed."
    )

    @api.depends("desk_sign_in", "system")
    def _compute_desk_agreed(self) -> None:
        held = self.env["retail.sync.desk.grant"].search([("connection_id", "in", self.ids), ("sealed", "!=", False)])
        for connection in self:
            connection.desk_agreed = connection._origin in held.connection_id

    def action_desk_authorize(self) -> dict[str, Any]:
        """Open the desk's page on which a user agrees."""
        self.ensure_one()
        self._require_manager()
        if self.system != "zendesk" or self.desk_sign_in != "authorization_code":
            raise UserError(self.env._("Only a sign-in in the browser needs the consent of a user."))
        state = secrets.token_urlsafe(32)
        self.env["retail.sync.desk.grant"].sudo()._begin(self, _digest(state), self.env.user)
        url = self.sudo()._adapter()._authorize_url(self.sudo(), self._desk_redirect(), state)
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _desk_redirect(self) -> str:
        return f"{self.get_base_url()}{PATH}"

    @api.model
    def _desk_authorized(self, state: str, code: str) -> Self:
        """Take the desk's answer for the connection that asked for it; return that connection.

        :raises UserError: for an answer that was not asked for, came too late, or is refused by the desk
        """
        connection: Self = self.env["retail.sync.desk.grant"].sudo()._answered(_digest(state), self.env.user)
        if not connection or not code:
            raise UserError(self.env._("This consent was not asked for, or too long ago. Begin it anew."))
        connection = connection.with_env(self.env)
        connection._require_manager()
        try:
            connection.sudo()._adapter()._keep_consent(connection.sudo(), code, self._desk_redirect())
        except FaultError as fault:
            raise UserError(self.env._("The desk refused: %s", fault.message)) from fault
        connection.message_post(body=self.env._("%s agreed at the desk.", self.env.user.name))
        return connection

    def _remove_secrets(self, bounds: list[str]) -> None:  # pylint: disable=missing-return
        super()._remove_secrets(bounds)
        # A consent was given for the former address and way of signing in.
        self.env["retail.sync.desk.grant"].sudo().search([("connection_id", "in", self.ids)]).unlink()


class RetailSyncDeskGrant(models.Model):
    """Who began to agree, and until when the answer is expected."""

    _inherit = "retail.sync.desk.grant"

    state_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    state_until = fields.Datetime(readonly=True)
    state_user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")

    @api.model
    def _begin(self, connection: models.BaseModel, digest: str, user: models.BaseModel) -> None:
        values = {
            "state_digest": digest,
            "state_until": fields.Datetime.now() + STATE_LIFE,
            "state_user_id": user.id,
        }
        held = self.search([("connection_id", "=", connection.id)])
        if held:
            held.write(values)
        else:
            self.create({"connection_id": connection.id, **values})

    @api.model
    def _answered(self, digest: str, user: models.BaseModel) -> models.BaseModel:
        """Return the connection that this answer is for, none for an unknown one; it is good once."""
        held = self.search(
            [
                ("state_digest", "=", digest),
                ("state_until", ">", fields.Datetime.now()),
                ("state_user_id", "=", user.id),
            ],
            limit=1,
        )
        held.write({"state_digest": False, "state_until": False})
        return held.connection_id


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
