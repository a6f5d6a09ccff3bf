from typing import Any

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...domain.identity.normalise.record import COMPANY, PERSON
from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...domain.identity.score.model import Model
from ...runtime.erasure import Erasure
from . import replay as replay_steps

# Fields that users may edit; all other fields are written by the buttons of the form.
EDITABLE = frozenset(("name", "link_bits", "review_bits"))
# Largest possible score, in hundredths of a bit.
MAX_SCORE = 20000


class RetailSyncMatchModel(models.Model):
    """Keep a version of the weights that decide who a record is: shipped, learnt, or set by a person. One is active."""

    _name = "retail.sync.match.model"
    _inherit = ["mail.thread"]
    _description = "Match model"
    _erasure = Erasure(why="Holds weights, not values.")
    _order = "id desc"

    name = fields.Char(required=True, tracking=True, help="Name of these weights in lists.")
    version = fields.Char(
        compute="_compute_version",
        store=True,
        help="Version that each match decision keeps, to show which weights were used.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        help="The active version makes all decisions. A draft makes none.",
    )
    origin = fields.Selection(
        [("shipped", "Shipped with the app"), ("learnt", "Learnt from your customers"), ("person", "Set by a person")],
        default="person",
        required=True,
        readonly=True,
        help="Origin of these weights.",
    )
    note = fields.Text(
        readonly=True, string="Learnt from", help="Customers or weights from which these weights come, and when."
    )
    data = fields.Json(required=True, readonly=True, help="Weights in the form that the engine reads.")
    learning = fields.Selection(
        [("waiting", "Waiting"), ("running", "Learning"), ("ready", "Ready"), ("failed", "Failed")],
        readonly=True,
        help="Progress of the learning. Until it is ready, the draft holds the shipped weights.",
    )
    learning_text = fields.Char(
        readonly=True, string="Cause of the failure", help="Why the weights could not be learnt."
    )
    job_uuid = fields.Char(readonly=True, groups="base.group_system")
    activated_by = fields.Many2one(
        "res.users", "Activated by", readonly=True, ondelete="set null", help="User who last activated these weights."
    )
    activated_on = fields.Datetime("Activated on", readonly=True, help="Time when these weights were last activated.")
    replay = fields.Json(readonly=True, help="Result of the last replay of past decisions.")
    replayed_on = fields.Datetime(
        "Replayed on", readonly=True, help="Time when past decisions were last replayed with these weights."
    )
    line_ids = fields.One2many(
        "retail.sync.match.replay.line",
        "model_id",
        string="Changed decisions",
        readonly=True,
        help="Past decisions that these weights would change, or that contradict what people decided.",
    )

    _active_uniq = models.UniqueIndex(
        "(state) WHERE state = 'active'",
        "Another version is already active. Retire it by activating this version with the button.",
    )

    @api.depends("data")
    def _compute_version(self) -> None:
        for version in self:
            version.version = (version.data or {}).get("version")

    @api.constrains("data")
    def _check_data(self) -> None:
        for version in self:
            try:
                model = version._model()
                kinds = set(model.weights) & set(model.prior_weights)
            except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
                raise ValidationError(
                    self.env._("The weights cannot be read: %s. Create a draft from other weights.", error)
                ) from error
            if kinds != {PERSON, COMPANY}:
                raise ValidationError(self.env._("The weights lack people or companies. Both are needed."))
            if model.link < 0:
                raise ValidationError(
                    self.env._(
                        "The link threshold is below 0 bits, where two records are more likely two customers than one. "
                        "Enter 0 or more."
                    )
                )
            if model.review > model.link:
                raise ValidationError(
                    self.env._("The review threshold is above the link threshold. Enter a lower review threshold.")
                )
            if max(model.link, -model.review) > MAX_SCORE:
                raise ValidationError(
                    self.env._(
                        "A threshold is out of range. Enter values between -%(most)s and %(most)s bits.",
                        most=MAX_SCORE // 100,
                    )
                )

    def write(self, vals: dict[str, Any]) -> bool:
        if not self.env.su and not EDITABLE.issuperset(vals):
            raise AccessError(
                self.env._(
                    "These fields can only be changed with the buttons of the form. Create a draft and activate it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_active_or_shipped(self) -> None:
        # Odoo skips checks by a key of the context, which a client can send too: an uninstallation is the system's.
        if self.env.uid == SUPERUSER_ID and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        for version in self:
            if version.state == "active" or version.origin == "shipped":
                raise UserError(
                    self.env._("%s is active or shipped. Delete only drafts and retired weights.", version.name)
                )

    # -- for the engine

    def _model(self) -> Model:
        """Return the weights as a domain model."""
        self.ensure_one()
        return Model.from_json(self.data)

    @api.model
    def _active(self) -> Model:
        """Return the model that makes decisions."""
        self.flush_model(["state", "origin", "data"])
        rows = self.env.execute_query(
            SQL("SELECT data FROM retail_sync_match_model WHERE state = 'active' AND origin <> 'shipped'")
        )
        return Model.from_json(rows[0][0]) if rows else DEFAULT_MODEL

    @api.model
    def _keep_shipped(self) -> models.BaseModel:
        """Create or update the record of the shipped weights; it becomes active if no other version is active."""
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
    def _make(self, model: Model, origin: str, name: str, **values: Any) -> models.BaseModel:
        """Create and return a draft with these weights and a new version."""
        version = self.sudo().create({"name": name, "origin": origin, "data": model.to_json(), **values})
        suffix = "own" if origin == "person" else origin
        version.data = dict(version.data, version=f"{model.version.partition('+')[0]}+{suffix}-{version.id}")
        return version

    # -- activating

    def _require_manager(self) -> None:
        """Check that the user is a sync manager.

        :raises AccessError: the user is not
        """
        if not (self.env.su or self.env.user.has_group("retail_sync.group_manager")):
            raise AccessError(
                self.env._("Only sync managers can do this. Ask a sync manager or the Odoo administrator.")
            )

    def _check_usable(self) -> None:
        """Check that the weights are not being learnt, and that learning has not failed.

        :raises UserError: when they cannot be used
        """
        self.ensure_one()
        if self.learning in ("waiting", "running"):
            raise UserError(self.env._("%s is still being learnt. Wait until it is ready.", self.name))
        if self.learning == "failed":
            raise UserError(self.env._("Learning %s failed, so it has no weights. Learn again.", self.name))

    def _activate(self) -> None:
        """Activate this version, and retire the version that was active.

        :raises UserError: when these weights would link records to customers that a person marked as non-matches; the
            shipped weights can always be activated
        """
        self._require_manager()
        self._check_usable()
        if self.state == "active":
            raise UserError(self.env._("%s is already active.", self.name))
        version = self.sudo()
        result = replay_steps.replay_decisions(self.env(su=True), version)
        if result["wrong"] and version.origin != "shipped":
            raise UserError(version._refusal())
        former = version.search([("state", "=", "active")])
        former.write({"state": "retired"})
        former.flush_recordset()
        version.write({"state": "active", "activated_by": self.env.uid, "activated_on": fields.Datetime.now()})
        version.message_post(
            body=self.env._(
                "%(user)s activated these weights in place of %(former)s. They would have changed %(changed)s of the "
                "last %(decisions)s decisions.",
                user=self.env.user.name,
                former=former.name or self.env._("the shipped weights"),
                decisions=result["decisions"],
                changed=result["others"],
            )
        )
        for retired in former:
            retired.message_post(
                body=self.env._("%(user)s activated %(name)s instead.", user=self.env.user.name, name=version.name)
            )

    def _refusal(self) -> str:
        wrong = self.replay["wrong"]
        return self.env._(
            "%(name)s was not activated: it would link %(records)s to a customer that a person marked as different. "
            "Create a draft from it and raise the link threshold above %(bits).2f bits, so that such records are "
            "reviewed. The list of changed decisions shows all of them.",
            name=self.name,
            records=", ".join(decision["title"] for decision in wrong),
            bits=max(decision["score"] for decision in wrong) / 100,
        )
