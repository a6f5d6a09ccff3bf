from typing import Any
from urllib.parse import urlsplit

from odoo import api, fields, models

from odoo.addons.retail_sync.adapter import credential, credential_input

DESKS = ("zendesk", "freshdesk")
SIGN_INS = [
    ("client_credentials", "Client id and secret"),
    ("authorization_code", "A user of the desk agrees in the browser"),
    ("api_token", "API token"),
]


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    system = fields.Selection(
        selection_add=[("zendesk", "Zendesk"), ("freshdesk", "Freshdesk")],
        ondelete={"zendesk": "cascade", "freshdesk": "cascade"},
    )
    desk_sign_in = fields.Selection(
        SIGN_INS,
        string="Sign-in at the desk",
        default="client_credentials",
        help="Client id and secret of an OAuth client is the simplest. Zendesk accepts API tokens until 2027-04-30.",
    )
    desk_email = credential(
        fields.Char,
        "desk_email",
        string="E-mail of the agent",
        help="E-mail address of the user of the desk to whom the API token belongs.",
    )
    desk_token = credential(fields.Char, "desk_token", secret=True, help="API token or API key of an agent.")
    new_desk_token = credential_input(
        fields.Char,
        "desk_token",
        "new_desk_token",
        string="API token",
        help="API token (Zendesk) or API key (Freshdesk). Leave empty to keep the one that is stored.",
    )
    desk_webhook_secret = credential(
        fields.Char, "desk_webhook_secret", secret=True, help="Signing secret of the webhook at the desk."
    )
    new_desk_webhook_secret = credential_input(
        fields.Char,
        "desk_webhook_secret",
        "new_desk_webhook_secret",
        string="Webhook secret",
        help="Zendesk: the signing secret of the webhook. Freshdesk: the value of the header X-Webhook-Secret that "
        "the automation rule sends. Leave empty to keep the one that is stored.",
    )
    desk_account = fields.Char(
        string="Account",
        readonly=True,
        copy=False,
        help="Host of the account that the credentials lead to, as the last connection test found it.",
    )
    desk_user_key = fields.Char(
        string="Calls are made as",
        readonly=True,
        copy=False,
        help="Id of the desk's user that makes the calls. What this user writes is not read as news.",
    )
    desk_fields = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Fields of tickets that the desk showed to our user when it was last asked, with their labels.",
    )
    desk_ticket_key = fields.Char(
        string="Ticket field of our key",
        help="Freshdesk only: name of the custom text field of tickets that holds the id of the ticket in Odoo, such "
        "as cf_odoo_id. Without it no ticket of Odoo is created at the desk.",
    )
    desk_company_key = fields.Char(
        string="Company field of our key",
        help="Freshdesk only: name of the custom text field of companies that holds the id of the customer in Odoo.",
    )
    desk_webhook_address = fields.Char(
        compute="_compute_desk_webhook_address",
        compute_sudo=True,
        groups="retail_sync.group_manager",
        string="Address for webhooks of the desk",
        help="Endpoint URL of the webhook at the desk. Keep it to yourself.",
    )

    @api.depends("event_token", "code", "system")
    def _compute_desk_webhook_address(self) -> None:
        for connection in self:
            connection.desk_webhook_address = connection.system in DESKS and connection._event_url(connection.system)

    @api.depends("desk_sign_in")
    def _compute_credential_names(self) -> None:
        return super()._compute_credential_names()

    @api.model
    def _bound_fields(self) -> tuple[str, ...]:
        return (*super()._bound_fields(), "desk_sign_in")

    @api.onchange("desk_sign_in")
    def _onchange_desk_sign_in(self) -> dict[str, Any] | None:
        return self._secrets_warning(self)

    def _desk_host(self) -> str:
        """Return the host and port of the account that the URL names, '' for none."""
        self.ensure_one()
        text = (self.base_url or "").strip()
        return urlsplit(text if "://" in text else f"https://{text}").netloc.lower().removesuffix(":443")

    def _is_known_desk(self) -> bool:
        """Return whether the URL leads to the account that this connection is about; any, before the first test."""
        self.ensure_one()
        return not self.desk_account or self.desk_account == self._desk_host()


class RetailSyncSetup(models.TransientModel):
    _inherit = "retail.sync.setup"

    @api.depends("desk_sign_in")
    def _compute_credential_names(self) -> None:
        return super()._compute_credential_names()

    @api.onchange("desk_sign_in")
    def _onchange_desk_sign_in(self) -> dict[str, Any] | None:
        return self._onchange_receiver()
