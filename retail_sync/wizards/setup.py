from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = [
    ("credentials", "Connect"),
    ("test", "Test"),
    ("scope", "Scope"),
    ("dry", "Dry run"),
    ("load", "First load"),
]


class RetailSyncSetup(models.TransientModel):
    """From credentials to the first load, one step at a time.

    The wizard *is* the connection as far as its fields go (`_inherits`): what an adapter
    adds to the connection is at hand for its own inputs on the first step, and nothing
    that is typed, secrets above all, is ever stored in a table of the wizard's own.
    """

    _name = "retail.sync.setup"
    _description = "Connect a platform"
    _inherits = {"retail.sync.backend": "backend_id"}

    backend_id = fields.Many2one("retail.sync.backend", required=True, ondelete="cascade", string="Connection")
    step = fields.Selection(STEPS, default="credentials", required=True)
    scope_confirmed = fields.Boolean(
        string="These filters are what I want",
        help="Only records that meet a stream's filter take part. An empty filter means every record.",
    )
    load_confirmed = fields.Boolean(
        string="I have looked at the numbers and the samples",
        help="The first load really creates and changes customers. It can be paused, but not undone by a button.",
    )
    progress = fields.Json(compute="_compute_progress", help="How the last dry run or first load goes.")
    dry_done = fields.Boolean(compute="_compute_progress")
    load_done = fields.Boolean(compute="_compute_progress")
    under_way = fields.Boolean(compute="_compute_progress")
    test_ok = fields.Boolean(compute="_compute_test_ok")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        choices = self.env["retail.sync.backend"]._fields["system"].get_values(self.env)
        if "system" in fields and len(choices) == 1:
            values.setdefault("system", choices[0])
        return values

    def _compute_progress(self):
        for wizard in self:
            # A form that is not saved yet stands on a connection that exists only in memory.
            backend = wizard.backend_id._origin
            progress = backend.get_progress() if backend else {}
            wizard.progress = dict(progress, backend_id=backend.id) if progress.get("flows") else False
            wizard.under_way = bool(progress.get("flows")) and not progress["done"]
            wizard.dry_done = progress.get("kind") == "dry" and progress["done"]
            wizard.load_done = progress.get("kind") == "initial" and progress["done"]

    @api.depends("backend_id.last_checks")
    def _compute_test_ok(self):
        for wizard in self:
            wizard.test_ok = wizard.backend_id.check_level in ("ok", "warning")

    def _reached_step(self):
        """Return the step at which a connection that was left half-way goes on."""
        self.ensure_one()
        if self.backend_id.state == "draft":
            return "credentials"
        kind = (self.progress or {}).get("kind")
        if self.backend_id.state in ("loading", "running") or kind == "initial":
            return "load"
        return "dry" if kind == "dry" else "scope"

    def _reopen(self):
        """Return the action that shows this wizard."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a platform"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    def _go(self, step):
        """Move to a step; the form, which called, shows it in place."""
        self.step = step
        return True

    def _check_complete(self):
        """Say what is missing before anything is sent over the wire."""
        backend = self.backend_id
        missing = []
        if not backend.base_url:
            missing.append(self.env._("the address"))
        elif not backend.base_url.startswith("https://"):
            raise UserError(self.env._("The address must start with https://: credentials never travel unprotected."))
        if not backend.client_id:
            missing.append(self.env._("the client id"))
        if not backend.has_secret:
            missing.append(
                self.env._("the private key") if backend.auth_method == "jwt" else self.env._("the client secret")
            )
        if backend.auth_method == "jwt" and not backend.username:
            missing.append(self.env._("the user name"))
        if missing:
            raise UserError(self.env._("Please enter %s first.", ", ".join(missing)))
