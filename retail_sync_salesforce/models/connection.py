import re
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.retail_sync.adapter import credential, credential_input

from ..client import ids
from ..client.session import API_VERSION
from ..mapping.default_lines import business_address_parts
from ..writing.faults import UNDECIDED

PRODUCTION_LOGIN = "https://login.salesforce.com"
SANDBOX_LOGIN = "https://test.salesforce.com"


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    system = fields.Selection(selection_add=[("salesforce", "Salesforce")], ondelete={"salesforce": "cascade"})
    api_version = fields.Char(
        string="API version",
        default=API_VERSION,
        help="Version of the Salesforce API that is spoken, such as 62.0. Each is supported for three years at least; "
        "the connection test says whether the org offers it.",
    )
    auth_method = fields.Selection(
        [("client_credentials", "Client id and secret"), ("jwt", "Certificate (JWT)")],
        default="client_credentials",
        string="Sign-in",
        help="Client id and secret is the simplest. With a certificate no shared secret is stored.",
    )
    username = credential(
        fields.Char,
        "username",
        string="User name",
        help="The integration user on the platform's side (certificate sign-in).",
    )
    private_key = credential(
        fields.Text, "private_key", secret=True, help="Private key in PEM form whose certificate the platform knows."
    )
    # Managers write it and no user can read it: what is typed goes straight to the stored secret.
    new_private_key = credential_input(
        fields.Text,
        "private_key",
        "new_private_key",
        string="Private key",
        help="In PEM form. Kept where only the system can read it. Leave empty to keep the one that is stored.",
    )
    sf_login_url = fields.Char(
        string="Login host",
        help="Whom the signed assertion is meant for (certificate sign-in only). Empty: "
        "https://login.salesforce.com for production, https://test.salesforce.com otherwise.",
    )
    sf_main_address = fields.Selection(
        [("billing", "Billing address"), ("shipping", "Shipping address")],
        string="Customer's own address",
        default="billing",
        help="Which address of a business account is the customer's own in Odoo. The other one becomes a delivery or "
        "invoice address, where it differs. Changing it takes effect as records are read again.",
    )
    sf_person_accounts = fields.Boolean(
        string="Person accounts",
        readonly=True,
        copy=False,
        help="The org keeps private customers as person accounts. Found by the connection test.",
    )
    sf_private_customers = fields.Selection(
        [
            ("household", "As contacts with an account each, such as Rossi Household"),
            ("bucket", "As contacts of one account"),
            ("private", "As contacts without an account: only their owner and administrators see them"),
        ],
        string="Private customers",
        help="How private customers of Odoo are created in an org without person accounts. Salesforce shows a contact "
        "without an account to its owner and to administrators only. New private customers wait as exceptions until "
        "you choose. The accounts of households stay in Salesforce: Odoo does not read them.",
    )
    sf_households = fields.Boolean(
        string="Has households",
        compute="_compute_sf_households",
        store=True,
        help="Accounts have been made for private customers. They stay households whatever is chosen later.",
    )
    sf_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the org",
        help="Of an org with one currency: amounts of other currencies are left out of its records, and never "
        "converted. Empty: the currency of the company. Orgs with several currencies say it on each record.",
    )
    sf_references = fields.Json(
        readonly=True,
        copy=False,
        help="Records of the org that are looked up seldom: price books, queues and states of cases.",
    )
    sf_private_account = fields.Char(
        string="Account of private customers",
        help="Id of the account under which private customers are created. In Odoo they stay customers of their own.",
    )
    sf_org_id = fields.Char(
        string="Org id",
        readonly=True,
        copy=False,
        help="Which org the credentials lead to, as the last connection test found it.",
    )
    sf_instance_url = fields.Char(
        string="Instance",
        readonly=True,
        copy=False,
        help="Host of the org as Salesforce named it at sign-in; records are opened there.",
    )

    @api.depends("auth_method")
    def _compute_credential_names(self) -> None:
        return super()._compute_credential_names()

    @api.depends("sf_private_customers")
    def _compute_sf_households(self) -> None:
        for connection in self:
            connection.sf_households = connection.sf_households or connection.sf_private_customers == "household"

    @api.model
    def _bound_fields(self) -> tuple[str, ...]:
        return (*super()._bound_fields(), "auth_method", "sf_login_url")

    def _sign_in_values(self) -> dict[str, Any]:
        values = super()._sign_in_values()
        if self.system == "salesforce":
            values.update(audience=self._sf_audience(), account=self.sf_org_id or "")
        return values

    @api.onchange("auth_method", "sf_login_url")
    def _onchange_sign_in(self) -> dict[str, Any] | None:
        return self._secrets_warning(self)

    def _sf_audience(self) -> str:
        """Return the audience of the signed assertion."""
        self.ensure_one()
        return self.sf_login_url or (PRODUCTION_LOGIN if self.environment == "production" else SANDBOX_LOGIN)

    def _sf_is_known_org(self, org_id: str) -> bool:
        """Return whether a sign-in led to the org that this connection is about; any, before the first test."""
        self.ensure_one()
        return not self.sf_org_id or self.sf_org_id == org_id

    def _sf_bucket(self) -> str | None:
        """Return the id of the account that stands for "no company" in the org; None where there is none."""
        self.ensure_one()
        chosen = self.sf_private_customers == "bucket" and (self.sf_private_account or "").strip()
        return ids.to_18(chosen) if chosen else None

    @api.constrains("sf_private_customers", "sf_private_account")
    def _check_private_account(self) -> None:
        for connection in self.filtered(lambda connection: connection.sf_private_customers == "bucket"):
            if not re.fullmatch(
                r"001[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?", (connection.sf_private_account or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Enter the id of the account of private customers: 15 or 18 characters that begin with 001."
                    )
                )

    def write(self, vals: dict[str, Any]) -> bool:
        changed = self.filtered(lambda connection: connection.sf_main_address != vals.get("sf_main_address"))
        result = super().write(vals)
        if "sf_main_address" in vals:
            changed._sf_place_addresses()
        if vals.get("sf_private_customers"):
            self._sf_send_private_customers()
        return result

    def _sf_send_private_customers(self) -> None:
        """Send the private customers that waited for a decision."""
        waiting = (
            self.env["retail.sync.message"]
            .sudo()
            .search(
                [
                    ("connection_id", "in", self.ids),
                    ("fault_code", "=", UNDECIDED),
                    ("state", "in", ("open", "parked")),
                ]
            )
        )
        waiting._retry("standard")

    def _sf_place_addresses(self) -> None:
        """Move the address lines of business accounts to the parts that the setting asks for."""
        for connection in self.filtered(lambda connection: connection.system == "salesforce"):
            parts = business_address_parts(connection.sf_main_address)
            lines = connection.stream_ids.filtered(lambda stream: stream.remote_object == "Account").map_ids
            lines = lines.filtered(lambda line: line.sf_applies_to == "business" and line.part != "other")
            # The two addresses change places: for a moment both lines of a field are of one part.
            moving = lines.with_context(retail_sync_lines_move=True)
            for prefix, part in parts.items():
                moving.filtered(lambda line, prefix=prefix: line.remote_path.startswith(prefix)).write({"part": part})
            lines._check_one_line_per_field()


class RetailSyncSetup(models.TransientModel):
    _inherit = "retail.sync.setup"

    @api.depends("auth_method")
    def _compute_credential_names(self) -> None:
        return super()._compute_credential_names()

    @api.onchange("auth_method", "sf_login_url")
    def _onchange_sign_in(self) -> dict[str, Any] | None:
        return self._onchange_receiver()
