from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...domain.security.scrubbing import scrub_text
from ...runtime import rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role


class RetailSyncConnection(models.Model):
    _name = "retail.sync.connection"
    _description = "Connection"
    _erasure = Erasure(quotes=("last_checks",))
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, tracking=True, help="How staff call this connection, e.g. 'CRM production'.")
    code = fields.Char(
        required=True,
        copy=False,
        help="Short technical key. Secrets in the server configuration are looked up under it: "
        "section [retail_sync], option <code>_ and the secret's name.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    system = fields.Selection(
        selection=[], required=True, help="Which platform this is. Each adapter addon adds its own.", string="Platform"
    )
    platform_name = fields.Char(compute="_compute_platform_name", string="Platform name")
    environment = fields.Selection(
        [("production", "Production"), ("sandbox", "Sandbox"), ("simulator", "Simulator")],
        required=True,
        default="sandbox",
        tracking=True,
        help="Shown on all screens, so that a trial is not mistaken for production.",
    )
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("loading", "First load"),
            ("running", "Running"),
            ("paused", "Paused"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        help="Connected: credentials work, nothing was read yet. Running: scheduled polls keep the records in sync.",
    )
    company_id = fields.Many2one(
        "res.company",
        help="New customers belong to this company. Empty: they are shared by all companies.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Runs as",
        required=True,
        default=lambda self: self.env.ref("retail_sync.user_integration", raise_if_not_found=False) or self.env.user,
        help="Jobs run with this user's rights. The integration user has no more than they need.",
    )
    default_country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        help="Used for phone numbers of records that name no country.",
        string="Default country",
    )
    team_user_id = fields.Many2one(
        "res.users", string="Technical owner", help="Receives the alarms when the connection itself fails."
    )
    business_user_id = fields.Many2one(
        "res.users", string="Business owner", help="Receives the exceptions that need attention."
    )
    connected_at = fields.Datetime(readonly=True, string="Connected since")
    last_poll_at = fields.Datetime(readonly=True, help="When the platform was last polled.", string="Last poll")
    call_guard_ids = fields.One2many("retail.sync.call.guard", "connection_id", readonly=True)
    breaker_state = fields.Selection(
        [("closed", "Working"), ("half_open", "Trying again"), ("open", "Stopped")],
        compute="_compute_call_guard",
        string="Circuit breaker",
        help="Stopped: calls wait because the platform kept failing. Work in hand waits and loses no attempt.",
    )
    alerted_state = fields.Char(
        default="closed", readonly=True, copy=False, help="Cause of the stop in the last alarm, or 'closed'."
    )
    breaker_reason = fields.Char(
        "Reason of the stop", compute="_compute_call_guard", help="Why the circuit breaker stopped the calls."
    )
    breaker_cause = fields.Selection(
        [
            ("manual", "Stopped by a person"),
            ("credentials", "Waits for a new secret"),
            ("settings", "Waits for a setting of the platform"),
            ("account", "The credentials lead to another account"),
            ("copy", "This database is a copy"),
            ("outage", "Waits for the platform"),
        ],
        compute="_compute_call_guard",
        string="Calls wait for",
        help="What has to happen before calls pass again.",
    )
    breaker_advice = fields.Char(
        compute="_compute_breaker_advice", string="Next step", help="Who has to do what before calls pass again."
    )
    budget_limit = fields.Integer(
        compute="_compute_call_guard",
        string="Budget",
        help="Calls or points allowed in the longest window of the platform, as the platform itself reports it.",
    )
    budget_used = fields.Integer(
        compute="_compute_call_guard",
        string="Budget used",
        help="By all users of the platform in its longest window, where the platform reports it; else by Odoo alone.",
    )
    budget_percent = fields.Float(compute="_compute_call_guard", string="Budget used (%)")

    # Options of the server configuration are found whatever their case.
    _code_uniq = models.UniqueIndex("(lower(code))", "Another connection has this technical key.")

    @api.depends("system")
    @api.depends_context("lang")
    def _compute_platform_name(self) -> None:
        """Compute what buttons and texts say of where a record is opened."""
        names = dict(self._fields["system"]._description_selection(self.env))
        for connection in self:
            connection.platform_name = names.get(connection.system)

    @api.depends_context("uid")
    def _compute_call_guard(self):
        call_guards = {
            call_guard.connection_id.id: call_guard
            for call_guard in self.env["retail.sync.call.guard"].sudo().search([])
        }
        empty = self.env["retail.sync.call.guard"]
        for connection in self:
            call_guard = call_guards.get(connection.id, empty)
            connection.breaker_state = call_guard.shown_state() if call_guard else "closed"
            connection.breaker_reason = scrub_text(call_guard.reason or "") if call_guard else False
            connection.breaker_cause = (call_guard and call_guard.shown_cause()) or False
            connection.budget_limit = call_guard.budget_limit if call_guard else 0
            connection.budget_used = call_guard.budget_used if call_guard else 0
            connection.budget_percent = (
                100.0 * call_guard.budget_used / call_guard.budget_limit
                if call_guard and call_guard.budget_limit
                else 0.0
            )

    @api.depends("breaker_cause", "team_user_id.name")
    @api.depends_context("uid", "lang")
    def _compute_breaker_advice(self) -> None:
        for connection in self:
            who = connection.team_user_id.sudo().name or self.env._("A sync manager")
            texts = {
                "manual": self.env._("Work waits until a sync manager allows calls again."),
                "credentials": self.env._(
                    "Work waits for a new secret. %s enters it under Sign-in, then tests the connection.", who
                ),
                "settings": self.env._(
                    "Work waits for a change on the platform. %s changes it there, then tests the connection.", who
                ),
                "account": self.env._(
                    "Nothing is read or written. %s corrects the credentials, or adopts the other account.", who
                ),
                "copy": self.env._(
                    "Nothing is read or written. If this database is a copy, neutralize it. If it is the original, "
                    "restored or moved, a sync manager says so here."
                ),
                "outage": self.env._("Work waits and continues automatically when the platform answers again."),
            }
            connection.breaker_advice = texts.get(connection.breaker_cause, False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self._free_code(vals.get("name") or vals.get("system") or "connection")
        connections = super().create([rights.without_managed(self, vals) for vals in vals_list])
        self.env["retail.sync.call.guard"].sudo().create(
            [{"connection_id": connection.id} for connection in connections]
        )
        for connection in connections:
            connection._ensure_streams()
        return connections

    def write(self, vals) -> bool:
        """Write what people may write; states, positions and counts are the engine's."""
        rights.refuse_managed(self, vals)
        return super().write(vals)

    @api.model
    def _free_code(self, name):
        stem = "".join(char if char.isalnum() else "_" for char in name.lower()).strip("_")[:32] or "connection"
        taken = set(self.with_context(active_test=False).sudo().search([("code", "=like", stem + "%")]).mapped("code"))
        code, number = stem, 2
        while code in taken:
            code, number = f"{stem}_{number}", number + 1
        return code

    def _adapter(self):
        """Return the adapter (an empty abstract model) that speaks to this platform."""
        self.ensure_one()
        return self.env[f"retail.sync.adapter.{self.system}"]

    @api.constrains("company_id", "user_id")
    def _check_user_company(self):
        integration = self.env.ref("retail_sync.user_integration", raise_if_not_found=False)
        for connection in self:
            user, company = connection.user_id.sudo(), connection.company_id
            if not company or company in user.company_ids:
                continue
            if user == integration:
                # The integration user exists for this purpose only, so a manager needs no administrator.
                user.company_ids = [Command.link(company.id)]
                continue
            raise ValidationError(
                self.env._(
                    "%(user)s, as whom %(connection)s runs, may not work in %(company)s. Add the company to that "
                    "user's "
                    "allowed companies, or choose another user.",
                    user=user.name,
                    connection=connection.name,
                    company=company.name,
                )
            )

    def _ensure_streams(self):
        """Hook: give a new connection what it starts with."""

    def _require_manager(self):
        """Check that the user is a sync manager who may see these connections."""
        if not rights.has_role(self.env, Role.manager):
            raise AccessError(
                self.env._("Only a sync manager may do this. Ask a sync manager or the Odoo administrator.")
            )
        rights.require(self, Role.manager)
