from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...domain.identity.normalise.record import COMPANY, PERSON
from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...domain.identity.score.model import Model
from . import replay as replay_steps

# What people may change by hand; the rest is written by what the buttons do.
EDITABLE = frozenset(("name", "link_bits", "review_bits"))
# No score goes beyond, in hundredths of a bit.
FARTHEST = 20000


class RetailSyncMatchModel(models.Model):
    """A version of the weights by which identity decides: shipped, learnt, or set by a person. One is active."""

    _name = "retail.sync.match.model"
    _inherit = ["mail.thread"]
    _description = "Identity weights"
    _order = "id desc"

    name = fields.Char(required=True, tracking=True, help="What these weights are called in lists.")
    version = fields.Char(
        compute="_compute_version", store=True, help="The name under which decisions keep which weights were used."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        help="Decisions are made by the active version. A draft decides nothing.",
    )
    origin = fields.Selection(
        [("shipped", "Shipped with the app"), ("learnt", "Learnt from your customers"), ("person", "Set by a person")],
        default="person",
        required=True,
        readonly=True,
        help="Where these weights come from.",
    )
    note = fields.Text(
        readonly=True, string="Learnt from", help="What these weights were learnt from, or made from, and when."
    )
    data = fields.Json(required=True, readonly=True, help="The weights as the engine reads them.")
    learning = fields.Selection(
        [("waiting", "Waiting"), ("running", "Learning"), ("ready", "Ready"), ("failed", "Failed")],
        readonly=True,
        help="How far the learning is. Until it is ready, the draft holds the shipped weights.",
    )
    learning_text = fields.Char(readonly=True, string="Why it failed", help="What kept the weights from being learnt.")
    job_uuid = fields.Char(readonly=True, groups="base.group_system")
    activated_by = fields.Many2one(
        "res.users", readonly=True, ondelete="set null", help="Who let these weights decide, the last time."
    )
    activated_on = fields.Datetime(readonly=True, help="Since when these weights decide, or when they last began to.")
    replay = fields.Json(readonly=True, help="What the last replay of past decisions found.")
    replayed_on = fields.Datetime(readonly=True, help="When past decisions were last replayed under these weights.")
    line_ids = fields.One2many(
        "retail.sync.match.replay.line",
        "model_id",
        string="Decisions that change",
        readonly=True,
        help="Past decisions that these weights would change, or get wrong by what people said.",
    )

    _active_uniq = models.UniqueIndex("(state) WHERE state = 'active'", "Another version is active already.")

    @api.depends("data")
    def _compute_version(self):
        for version in self:
            version.version = (version.data or {}).get("version")

    @api.constrains("data")
    def _check_data(self):
        for version in self:
            try:
                model = version._model()
                kinds = set(model.weights) & set(model.prior_weights)
            except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
                raise ValidationError(self.env._("These are no weights that can be read: %s", error)) from error
            if kinds != {PERSON, COMPANY}:
                raise ValidationError(self.env._("These weights leave people or companies out; both are needed."))
            if model.link < 0:
                raise ValidationError(
                    self.env._("Link from 0 bits at least: below, two records are more likely two customers than one.")
                )
            if model.review > model.link:
                raise ValidationError(self.env._("Ask from fewer bits than link: else nobody would ever be asked."))
            if max(model.link, -model.review) > FARTHEST:
                raise ValidationError(
                    self.env._("Thresholds lie between -%(most)s and %(most)s bits.", most=FARTHEST // 100)
                )

    def write(self, vals):
        if not self.env.su and not EDITABLE.issuperset(vals):
            raise AccessError(
                self.env._("Weights change by the buttons of their screen only. Make a draft, and activate it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_what_decides_nothing(self):
        for version in self:
            if version.state == "active" or version.origin == "shipped":
                raise UserError(self.env._("%s can't be deleted: only drafts and retired weights can.", version.name))

    # -- for the engine

    def _model(self):
        """Return the weights as the domain takes them."""
        self.ensure_one()
        return Model.from_json(self.data)

    @api.model
    def _active(self):
        """Return the Model by which decisions are made."""
        self.flush_model(["state", "origin", "data"])
        rows = self.env.execute_query(
            SQL("SELECT data FROM retail_sync_match_model WHERE state = 'active' AND origin <> 'shipped'")
        )
        return Model.from_json(rows[0][0]) if rows else DEFAULT_MODEL

    @api.model
    def _keep_shipped(self):
        """Have a line for the shipped weights, as they are in this release; active where no other is."""
        shipped = self.sudo().search([("origin", "=", "shipped")], limit=1)
        if shipped:
            shipped.data = DEFAULT_MODEL.to_json()
        else:
            shipped = self.sudo().create(
                {"name": self.env._("Shipped weights"), "origin": "shipped", "data": DEFAULT_MODEL.to_json()}
            )
        if not self.sudo().search_count([("state", "=", "active")], limit=1):
            shipped.state = "active"
        return shipped

    @api.model
    def _make(self, model, origin, name, **values):
        """Return a draft with these weights, under a version of its own."""
        version = self.sudo().create({"name": name, "origin": origin, "data": model.to_json(), **values})
        word = "own" if origin == "person" else origin
        version.data = dict(version.data, version=f"{model.version.partition('+')[0]}+{word}-{version.id}")
        return version

    # -- activating

    def _require_manager(self):
        if not (self.env.su or self.env.user.has_group("retail_sync.group_manager")):
            raise AccessError(self.env._("Only a sync manager may do this. Ask yours, or the Odoo administrator."))

    def _check_usable(self):
        self.ensure_one()
        if self.learning in ("waiting", "running"):
            raise UserError(self.env._("%s is being learnt still. Wait until it is ready.", self.name))
        if self.learning == "failed":
            raise UserError(self.env._("%s could not be learnt, so there is nothing to use. Learn again.", self.name))

    def _activate(self):
        """Let this version decide from now on, and retire the former one.

        :raises UserError: when it would link records to customers whom a person said they are not. The shipped
            weights may always be gone back to.
        """
        self._require_manager()
        self._check_usable()
        if self.state == "active":
            raise UserError(self.env._("%s decides already.", self.name))
        version = self.sudo()
        found = replay_steps.replay_decisions(self.env(su=True), version)
        if found["wrong"] and version.origin != "shipped":
            raise UserError(version._why_refused())
        former = version.search([("state", "=", "active")])
        former.write({"state": "retired"})
        former.flush_recordset()
        version.write({"state": "active", "activated_by": self.env.uid, "activated_on": fields.Datetime.now()})
        version.message_post(
            body=self.env._(
                "%(user)s activated these weights in place of %(former)s. Of the last %(decisions)s decisions, "
                "%(changed)s would have been others.",
                user=self.env.user.name,
                former=former.name or self.env._("the shipped weights"),
                decisions=found["decisions"],
                changed=found["others"],
            )
        )
        for retired in former:
            retired.message_post(
                body=self.env._("%(user)s activated %(name)s instead.", user=self.env.user.name, name=version.name)
            )

    def _why_refused(self):
        wrong = self.replay["wrong"]
        return self.env._(
            "%(name)s is not activated: it would link %(records)s to a customer of whom a person said that it is "
            "somebody else. Make a draft of it and let it link from more than %(bits).2f bits on, so that such records "
            "are asked about. The list of decisions that change shows them all.",
            name=self.name,
            records=", ".join(one["title"] for one in wrong),
            bits=max(one["score"] for one in wrong) / 100,
        )
