from datetime import datetime
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.retail_sync.runtime import rights
from odoo.addons.retail_sync.runtime.constants import NO_USER
from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.control.words import words_of
from .roles import ServiceRole

MACHINE = "machine"
PERSON = "person"
# A machine that is given none: an hour's work of a quick person, and no single large amount.
MACHINE_CAPS = (
    {"name": "hour", "hours": 1, "count": 60, "amount": 1000, "single": 100},
    {"name": "day", "hours": 24, "count": 500, "amount": 5000, "single": 0},
)


class RetailSyncApiKey(models.Model):
    """Let a program call the agent API: what it may do, for whom, and how often.

    The secret is hashed by Odoo as an API key of a technical user, with a scope that opens nothing else.
    """

    _name = "retail.sync.api.key"
    _description = "Key of the agent API"
    _order = "name, id"
    _erasure = Erasure(why="Holds names that service managers give to programs, and users of Odoo.")

    name = fields.Char(
        required=True,
        help="What uses the key, for example 'Zendesk, tier 1'. It is kept with everything that is done by it.",
    )
    active = fields.Boolean(default=True, help="An archived key is refused.")
    kind = fields.Selection(
        [(PERSON, "A person presses the button"), (MACHINE, "A machine decides")],
        string="Used by",
        required=True,
        default=PERSON,
        help="A machine does only what the policy lets machines do, within its caps, and approves nothing.",
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        ondelete="restrict",
        help="Person who answers for what the key does, and who therefore approves none of its requests. The key is "
        "refused once this user is archived.",
    )
    scope_ids = fields.Many2many(
        "retail.sync.api.scope",
        "retail_sync_api_key_scope_rel",
        "key_id",
        "scope_id",
        string="Scopes",
        help="What the key may look up, and which actions it may start. Fields without their scope are left empty.",
    )
    company_ids = fields.Many2many(
        "res.company",
        "retail_sync_api_key_company_rel",
        "key_id",
        "company_id",
        string="Companies",
        required=True,
        default=lambda self: self.env.company,
        help="Companies whose orders the key sees.",
    )
    region_ids = fields.Many2many(
        "res.country",
        "retail_sync_api_key_country_rel",
        "key_id",
        "country_id",
        string="Countries",
        help="Orders that are delivered to these countries. Empty: to any country.",
    )
    brands = fields.Char(help="Names of sales teams in English, separated by commas: only their orders. Empty: all.")
    read_only = fields.Boolean(string="Look up only", help="Every action is refused, whatever the scopes.")
    may_override = fields.Boolean(
        string="Sets rules aside",
        help="Actions may set rules of a policy aside with a reason, while the responsible person has that right.",
    )
    verification_methods = fields.Char(
        string="Verification",
        help="Ways of verifying a customer that the key may report, separated by commas, for example phone_pin, "
        "signed_in. Others count as not verified.",
    )
    requests_per_minute = fields.Integer(
        string="Requests a minute", default=120, required=True, help="Requests that come back evenly in a minute."
    )
    burst = fields.Integer(default=30, required=True, help="Requests that may come at once. 0: as many as in a minute.")
    requests_per_day = fields.Integer(
        string="Requests a day", default=20000, required=True, help="Requests in a day in UTC. 0: any number."
    )
    cap_ids = fields.One2many("retail.sync.api.key.cap", "key_id", string="Caps", copy=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the caps; amounts of companies with another one are converted.",
    )
    expires_at = fields.Datetime(string="Expires", help="Moment from which the key is refused. Empty: never.")

    # The table of core is none that the ORM makes: no foreign key empties these when Odoo deletes what has expired.
    apikey_id = fields.Many2one("res.users.apikeys", readonly=True, copy=False, groups=NO_USER, index="btree_not_null")
    former_apikey_id = fields.Many2one(
        "res.users.apikeys", readonly=True, copy=False, groups=NO_USER, index="btree_not_null"
    )
    former_until = fields.Datetime(
        string="Former secret until",
        readonly=True,
        copy=False,
        help="Moment until which the secret from before the last rotation is accepted too.",
    )
    issued_at = fields.Datetime(string="Secret of", readonly=True, copy=False, help="When the secret was made.")
    issued_by_id = fields.Many2one(
        "res.users",
        string="Secret made by",
        readonly=True,
        copy=False,
        help="Person who has seen the secret, and who therefore approves none of the key's requests either.",
    )
    revoked_at = fields.Datetime(string="Revoked", readonly=True, copy=False, help="When a person revoked the key.")
    revoked_by_id = fields.Many2one("res.users", string="Revoked by", readonly=True, copy=False)

    state = fields.Selection(
        [
            ("new", "Without a secret"),
            ("active", "In use"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("ownerless", "Responsible person archived"),
            ("archived", "Archived"),
        ],
        compute="_compute_state",
        compute_sudo=True,
        help="Whether the key is accepted now.",
    )
    state_text = fields.Char(
        string="What this means", compute="_compute_state", compute_sudo=True, help="What to do about the state."
    )
    use_ids = fields.One2many("retail.sync.api.key.use", "key_id", readonly=True, groups=NO_USER)
    last_used_at = fields.Datetime(
        string="Last used", compute="_compute_use", compute_sudo=True, help="Last request with this key."
    )
    used = fields.Integer(string="Requests", compute="_compute_use", compute_sudo=True, help="Requests let in, so far.")
    refused = fields.Integer(compute="_compute_use", compute_sudo=True, help="Requests beyond the limits, so far.")

    _limits_positive = models.Constraint(
        "CHECK (requests_per_minute > 0 AND burst >= 0 AND requests_per_day >= 0)",
        "A key makes at least one request a minute. Enter 0 for a limit of a day that does not apply.",
    )

    @api.depends("active", "apikey_id", "expires_at", "revoked_at", "owner_id.active")
    def _compute_state(self) -> None:
        now = fields.Datetime.now()
        texts, kept = self._state_texts(), self.apikey_id.exists()
        for key in self:
            key.state = key._state_at(now, bool(key.apikey_id & kept))
            key.state_text = texts[key.state]

    def _state_at(self, now: datetime, has_secret: bool) -> str:
        if not self.active:
            return "archived"
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= now:
            return "expired"
        if not has_secret:
            return "new"
        return "active" if self.owner_id.active else "ownerless"

    def _state_texts(self) -> dict[str, str]:
        return {
            "new": self.env._("Nothing can call with this key yet. Make a secret and enter it where the key is used."),
            "active": self.env._("Calls with this key are let in."),
            "expired": self.env._("Calls are refused since the key has expired. Set a later date, then rotate it."),
            "revoked": self.env._("Calls are refused for good. Make another key."),
            "ownerless": self.env._("Calls are refused: the responsible person is archived. Choose another one."),
            "archived": self.env._("Calls are refused while the key is archived."),
        }

    @api.depends("use_ids.last_used_at", "use_ids.used", "use_ids.refused")
    def _compute_use(self) -> None:
        for key in self:
            key.last_used_at = key.use_ids.last_used_at
            key.used = key.use_ids.used
            key.refused = key.use_ids.refused

    @api.constrains("company_ids")
    def _check_companies(self) -> None:
        for key in self:
            if not key.company_ids:
                raise ValidationError(self.env._("The companies are missing. Choose those whose orders the key sees."))

    @api.constrains("verification_methods")
    def _check_verification_methods(self) -> None:
        for key in self:
            if any(not word.replace("_", "").isalnum() for word in words_of(key.verification_methods)):
                raise ValidationError(
                    self.env._("The ways of verifying a customer are codes, for example phone_pin, signed_in.")
                )

    @api.onchange("kind")
    def _onchange_kind(self) -> None:
        if self.kind == MACHINE:
            self.may_override = False
            if not self.cap_ids:
                self.cap_ids = [fields.Command.create(dict(cap)) for cap in MACHINE_CAPS]

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        keys: Any = super().create([rights.without_managed(self, vals) for vals in vals_list])
        keys._check_override()
        for key, vals in zip(keys, vals_list, strict=True):
            if key.kind == MACHINE and not vals.get("cap_ids"):
                key.sudo().cap_ids = [fields.Command.create(dict(cap)) for cap in MACHINE_CAPS]
        keys.sudo()._make_rows()
        keys.sudo()._reach_companies()
        return keys

    def write(self, vals: dict[str, Any]) -> bool:
        rights.refuse_managed(self, vals)
        result = super().write(vals)
        if "may_override" in vals or "owner_id" in vals:
            self._check_override()
        if "company_ids" in vals:
            self.sudo()._reach_companies()
        return result

    def _check_override(self) -> None:
        """Check that who lets a key set rules aside has this right: else it could be borrowed from its owner.

        :raises AccessError: the user has not
        """
        if any(key.may_override for key in self) and not rights.has_role(self.env, ServiceRole.override):
            raise AccessError(
                self.env._("Only a person who may set rules of a policy aside lets a key do so, or chooses its owner.")
            )

    def _make_rows(self) -> None:
        """Give new keys the rows that requests lock."""
        self.env["retail.sync.api.key.use"].create([{"key_id": key.id} for key in self])
        self.env["retail.sync.api.key.journal"].create([{"key_id": key.id} for key in self])

    def _reach_companies(self) -> None:
        """Let the technical user work in the companies of keys; each request is held to those of its own key."""
        agent = self.env["res.users"]._agent_api_user()
        missing = self.company_ids - agent.company_ids
        if missing:
            agent.company_ids = [fields.Command.link(company.id) for company in missing]
