from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.security import sign_in
from ...runtime import actions
from . import consent

STEPS = [
    ("credentials", "Connect"),
    ("test", "Test"),
    ("scope", "Scope"),
    ("rules", "Write rules"),
    ("dry", "Dry run"),
    ("load", "First load"),
    ("history", "History"),
    ("live", "Go-live"),
]
# From this share of records in review on, the dry run says to look at the rules first.
MUCH_REVIEW = 0.1
# Effects on values, those to look at first.
SEVERITY = ("empty", "overwrite", "ask", "fill", "create")


class RetailSyncSetup(models.TransientModel):
    """From credentials to the first load and the consent to write, one step at a time.

    The wizard *is* the connection as far as its fields go (`_inherits`): what an adapter
    adds to the connection is at hand for its own inputs on the first step, and nothing
    that is typed, secrets above all, is ever stored in a table of the wizard's own.
    """

    _name = "retail.sync.setup"
    _description = "Connect a platform"
    _inherits = {"retail.sync.connection": "connection_id"}

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    step = fields.Selection(STEPS, default="credentials", required=True)
    scope_confirmed = fields.Boolean(
        string="These filters are what I want",
        help="Only records that meet a stream's filter take part. An empty filter means every record.",
    )
    load_confirmed = fields.Boolean(
        string="I have checked the numbers and the samples",
        help="The first load really creates and changes customers in Odoo. It can be paused, but no button undoes it.",
    )
    emptying_confirmed = fields.Boolean(
        string="Values may be emptied as counted",
        help="Without this consent, a value that would empty a part of the other side's waits as a conflict.",
    )
    live_confirmed = fields.Boolean(
        string="I agree that these records are written on the platform",
        help="Noted on the connection with your name, the time and the counts.",
    )
    rule_ids = fields.One2many("retail.sync.setup.rule", "setup_id")
    dry_line_ids = fields.Many2many(
        "retail.sync.dry.run.line", compute="_compute_dry_lines", help="What the last dry run would write, by field."
    )
    empty_count = fields.Integer(compute="_compute_dry_lines", help="Values that would be emptied on either side.")
    review_note = fields.Char(compute="_compute_progress")
    unsolved_count = fields.Integer(compute="_compute_unsolved", help="Values of the platform that Odoo does not know.")
    write_summary = fields.Html(compute="_compute_write_summary", sanitize=False)
    write_counted = fields.Boolean(compute="_compute_write_summary")
    waits_for_consent = fields.Boolean(compute="_compute_write_summary")
    has_platform = fields.Boolean(compute="_compute_has_platform")
    progress = fields.Json(compute="_compute_progress", help="Progress of the last dry run or first load.")
    dry_done = fields.Boolean(compute="_compute_progress")
    dry_failed = fields.Boolean(compute="_compute_progress")
    load_done = fields.Boolean(compute="_compute_progress")
    under_way = fields.Boolean(compute="_compute_progress")
    test_ok = fields.Boolean(compute="_compute_test_ok")
    credential_names = fields.Char(compute="_compute_credential_names", help="Names of the credentials to be entered.")

    @api.model
    def default_get(self, fields: Any) -> Any:
        values = super().default_get(fields)
        choices = self.env["retail.sync.connection"]._fields["system"].get_values(self.env)
        if "system" in fields and len(choices) == 1:
            values.setdefault("system", choices[0])
        return values

    def _compute_progress(self) -> None:
        for wizard in self:
            # A form that is not saved yet stands on a connection that exists only in memory.
            connection = wizard.connection_id._origin
            progress = connection.get_progress() if connection else {}
            wizard.progress = dict(progress, connection_id=connection.id) if progress.get("streams") else False
            wizard.under_way = bool(progress.get("streams")) and not progress["done"]
            wizard.dry_done = progress.get("kind") == "dry" and progress["ok"]
            wizard.dry_failed = progress.get("kind") == "dry" and progress["done"] and not progress["ok"]
            wizard.review_note = wizard._review_share(progress) if progress.get("done") else False
            wizard.load_done = progress.get("kind") == "initial" and progress["done"]

    def _review_share(self, progress: dict[str, Any]) -> Any:
        """Return a sentence when many records wait for a person, else False."""
        totals = progress["totals"]
        done, review = totals.get("done", 0), totals.get("review", 0)
        if not done or review < MUCH_REVIEW * done:
            return False
        return self.env._(
            "%(share)s %% of the records (%(review)s of %(done)s) wait for a review. Look at the samples, and check the"
            " match rules before you go on.",
            share=round(100 * review / done),
            review=review,
            done=done,
        )

    def _compute_dry_lines(self) -> None:
        for wizard in self:
            runs = self.env["retail.sync.run"].browse(
                stream["run_id"] for stream in (wizard.progress or {}).get("streams", ()) if wizard.dry_done
            )
            lines = self.env["retail.sync.dry.run.line"].search([("run_id", "in", runs.ids)])
            wizard.dry_line_ids = lines.sorted(lambda line: (SEVERITY.index(line.effect), -line.count, line.id))
            wizard.empty_count = sum(lines.filtered(lambda line: line.effect == "empty").mapped("count"))

    def _compute_unsolved(self) -> None:
        for wizard in self:
            lines = wizard.connection_id._origin.value_map_ids
            wizard.unsolved_count = len(lines.filtered(lambda line: not line.solved and line.count))

    @api.depends("step")
    def _compute_write_summary(self) -> None:
        for wizard in self:
            connection = wizard.connection_id._origin
            entries = connection.get_write_forecast() if connection and wizard.step == "live" else []
            wizard.waits_for_consent = bool(entries)
            wizard.write_counted = bool(entries) and all(entry["counted"] for entry in entries)
            wizard.write_summary = consent.forecast_html(self.env, connection, entries) if entries else False

    def _compute_has_platform(self) -> None:
        for wizard in self:
            wizard.has_platform = bool(self.env["retail.sync.connection"]._fields["system"].get_values(self.env))

    @api.depends("system")
    def _compute_credential_names(self) -> None:
        for wizard in self:
            # Asked with the wizard in place of its connection, which a form that is not saved yet does not fill.
            adapter = f"retail.sync.adapter.{wizard.system}"
            declared = self.env[adapter].credential_fields(wizard) if adapter in self.env else []
            wizard.credential_names = " ".join(field.name for field in declared) or False

    @api.depends("connection_id.last_checks")
    def _compute_test_ok(self) -> None:
        for wizard in self:
            wizard.test_ok = wizard.connection_id.check_level in ("ok", "warning")

    def write(self, vals: dict[str, Any]) -> bool:
        # The connection gets these values one by one. A secret comes after the URL that it is for, whose change
        # removes what is stored.
        bound = self.env["retail.sync.connection"]._bound_fields()
        return super().write(dict(sorted(vals.items(), key=lambda item: item[0] not in bound)))

    @api.onchange("system", "base_url", "ca_bundle")
    def _onchange_receiver(self) -> dict[str, Any] | None:
        return self.connection_id._secrets_warning(self) if self.connection_id._origin else None

    def _reached_step(self) -> Any:
        """Return the step at which a connection that was left half-way goes on."""
        self.ensure_one()
        if self.connection_id.state == "draft":
            return "credentials"
        kind = (self.progress or {}).get("kind")
        if self.connection_id.state == "running" and self.connection_id.sudo()._waiting_streams():
            return "history" if self.connection_id.waits_to_publish else "live"
        if self.connection_id.state in ("loading", "running") or kind == "initial":
            return "load"
        return "dry" if kind == "dry" else "scope"

    def _reopen(self) -> Any:
        """Return the action that shows this wizard."""
        self.ensure_one()
        return actions.open_record(self, name=self.env._("Connect a platform"), target="current")

    def _go(self, step: str) -> bool:
        """Move to a step; the form, which called, shows it in place."""
        self.step = step
        return True

    def _check_complete(self) -> None:
        """Say what is missing before anything is sent over the wire."""
        connection = self.connection_id
        missing = []
        if not connection.base_url:
            missing.append(self.env._("URL"))
        elif not connection.base_url.startswith("https://"):
            raise UserError(self.env._("The URL must start with https://: credentials are never sent unencrypted."))
        elif not connection._host_rules().allows(sign_in.host_of(connection.base_url)):
            raise UserError(
                self.env._(
                    "The URL is none of this platform. Correct it. For a host of your own, such as a proxy, the "
                    "administrator of the server adds it to allowed_hosts in section [retail_sync] of the server "
                    "configuration."
                )
            )
        missing += [field.label for field in connection._missing_credentials()]
        if missing:
            raise UserError(self.env._("Please enter first: %s.", ", ".join(missing)))

    def action_back(self) -> Any:
        self.ensure_one()
        steps = self._steps()
        return self._go(steps[max(0, steps.index(self.step) - 1)] if self.step in steps else steps[-1])

    def _steps(self) -> list[str]:
        """Return the steps of this connection, in order."""
        return [name for name, _label in STEPS]

    def action_test(self) -> Any:
        """Test the connection and show every check."""
        self.ensure_one()
        self._check_complete()
        self.connection_id.action_test_connection()
        return self._go("test")

    def action_scope(self) -> Any:
        self.ensure_one()
        if not self.test_ok:
            raise UserError(self.env._("Fix the failed checks, then test again."))
        return self._go("scope")

    def action_rules(self) -> Any:
        """Check the filters on the platform, then go on to what each side may write."""
        self.ensure_one()
        if not self.scope_confirmed:
            raise UserError(
                self.env._("Check the filters and confirm them: they decide which records become customers.")
            )
        for stream in self.connection_id.stream_ids.filtered("filter_text"):
            found = stream.check_scope(stream.filter_text)
            if not found["ok"]:
                raise UserError(self.env._("%(stream)s: %(problem)s", stream=stream.name, problem=found["text"]))
        self.env["retail.sync.setup.rule"]._fill(self)
        return self._go("rules")

    def action_dry_run(self) -> Any:
        """Count what a first load would do. Nothing is written to customers."""
        self.ensure_one()
        if not self.scope_confirmed and self.step in ("scope", "rules"):
            raise UserError(
                self.env._("Check the filters and confirm them: they decide which records become customers.")
            )
        self.rule_ids._store()
        self.load_confirmed = self.emptying_confirmed = False
        self.connection_id.start_dry_run()
        return self._go("dry")

    def action_to_load(self) -> Any:
        """Go on to the first load; nothing starts yet."""
        self.ensure_one()
        if not self.dry_done:
            raise UserError(
                self.env._("Wait until the dry run has ended, so that you know what the first load will do.")
            )
        return self._go("load")

    def action_first_load(self) -> Any:
        self.ensure_one()
        if not self.load_confirmed:
            raise UserError(self.env._("Check the numbers of the dry run and confirm them."))
        self.connection_id.sudo().stream_ids.may_empty = self.emptying_confirmed
        self.connection_id.start_first_load()
        return self._go("load")

    def action_to_live(self) -> Any:
        """Count what going live would write; nothing is written yet."""
        self.ensure_one()
        self.live_confirmed = False
        self.connection_id.count_writes()
        return self._go("live")

    def action_refresh(self) -> bool:
        """Show the form as it is now."""
        self.check_access("read")
        return True

    def action_go_live(self) -> Any:
        """Let the streams write to the platform."""
        self.ensure_one()
        if not self.write_counted:
            raise UserError(self.env._("Wait until it is counted what the platform will get."))
        if not self.live_confirmed:
            raise UserError(self.env._("Read what the platform will get, and agree to it."))
        self.connection_id.go_live()
        return self._go("live")

    def action_overview(self) -> Any:
        self.check_access("read")
        return self.env["ir.actions.actions"]._for_xml_id("retail_sync.action_overview")

    def action_exceptions(self) -> Any:
        return self.connection_id.action_exceptions()

    def action_connection(self) -> Any:
        self.ensure_one()
        return actions.open_record(self.connection_id)
