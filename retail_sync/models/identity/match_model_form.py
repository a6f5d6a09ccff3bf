from collections.abc import Mapping
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...domain.identity.score.model import Model
from ...runtime import actions
from . import learning, replay
from .evidence_labels import words

# Bits that fill the bar of the form completely.
FULL_BAR = 20


class RetailSyncMatchModel(models.Model):
    """Show the weights of a match model on its form, and edit its thresholds."""

    _inherit = "retail.sync.match.model"

    # Each field has its own method: while one of two fields with a shared compute is written, Odoo computes neither.
    link_bits = fields.Float(
        compute="_compute_link_bits",
        inverse="_inverse_thresholds",
        digits=(8, 2),
        string="Link threshold (bits)",
        help="A record is linked automatically when the evidence for a customer reaches this threshold and no rule "
        "objects. A higher threshold gives fewer links, more reviews and fewer mistakes. Each bit doubles the odds. "
        "Only drafts can be changed.",
    )
    review_bits = fields.Float(
        compute="_compute_review_bits",
        inverse="_inverse_thresholds",
        digits=(8, 2),
        string="Review threshold (bits)",
        help="A person reviews a record when the evidence reaches this threshold but not the link threshold. Below it, "
        "a new customer is created. A lower threshold gives more reviews and fewer duplicates. Only drafts can be "
        "changed.",
    )
    weights = fields.Json(
        compute="_compute_weights", help="Weight of each agreement level in bits, as the form shows it."
    )
    sharing_text = fields.Text(
        compute="_compute_sharing_text",
        string="Shared values",
        help="How often clearly different people share an address or a phone number. Where this is common or was not "
        "measured, such an agreement alone never links a record.",
    )
    wrong_count = fields.Integer(
        compute="_compute_replay_counts",
        string="Wrong links",
        help="Records that these weights would link to a customer that a person marked as different.",
    )
    changed_count = fields.Integer(
        compute="_compute_replay_counts",
        string="Number of changed decisions",
        help="Past decisions that these weights would change, as counted by the last replay.",
    )

    @api.depends("data")
    def _compute_link_bits(self) -> None:
        for version in self:
            version.link_bits = (version.data or {}).get("link", 0) / 100

    @api.depends("data")
    def _compute_review_bits(self) -> None:
        for version in self:
            version.review_bits = (version.data or {}).get("review", 0) / 100

    def _inverse_thresholds(self) -> None:
        for version in self:
            thresholds = {"link": round(version.link_bits * 100), "review": round(version.review_bits * 100)}
            if thresholds.items() <= version.data.items():
                continue
            if version.state != "draft" or version.origin == "shipped":
                raise UserError(
                    self.env._(
                        "%s is or was active. Create a draft from it to change the thresholds.",
                        version.name,
                    )
                )
            # The result of the last replay belongs to the old thresholds.
            version.sudo().line_ids.unlink()
            version.sudo().write({"data": {**version.data, **thresholds}, "replay": False, "replayed_on": False})

    @api.depends("data")
    def _compute_weights(self) -> None:
        field_labels, level_labels = words(self.env)
        kinds = {"person": self.env._("People"), "company": self.env._("Companies")}
        for version in self:
            model = version._model()
            version.weights = [
                {
                    "kind": kind,
                    "label": kinds.get(kind, kind),
                    "prior": _bits(model.prior_weights[kind]),
                    "fields": [
                        {
                            "field": field,
                            "label": field_labels.get(field, field),
                            "levels": _levels(kind, field, levels, model, level_labels),
                        }
                        for field, levels in fields_of.items()
                    ],
                }
                for kind, fields_of in model.weights.items()
            ]

    @api.depends("data")
    def _compute_sharing_text(self) -> None:
        def rate(value: float | None) -> str:
            return self.env._("not measured, so treated as common") if value is None else f"{value:.1%}"

        for version in self:
            sharing = version._model().sharing
            version.sharing_text = "\n".join(
                (
                    self.env._("People who share an address with another customer: %s", rate(sharing.address)),
                    self.env._("People who share a phone number with another customer: %s", rate(sharing.phone)),
                    self.env._("Same name at the same address (family or duplicate): %s", rate(sharing.namesake)),
                )
            )

    @api.depends("replay")
    def _compute_replay_counts(self) -> None:
        for version in self:
            result = version.replay or {}
            version.changed_count, version.wrong_count = result.get("changed", 0), result.get("wrong_count", 0)

    # -- buttons

    def action_learn(self) -> dict[str, Any]:
        """Queue a job that learns weights from the customers in Odoo, and open the draft that shows its progress."""
        self._require_manager()
        version = learning.start(self.env(su=True))
        return version._open()

    def action_draft(self) -> dict[str, Any]:
        """Create a draft from these weights, and open it to change its thresholds."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        draft = self._make(
            self._model(),
            "person",
            self.env._("Draft of %s", self.name),
            note=self.env._("Created from %(name)s by %(user)s.", name=self.name, user=self.env.user.name),
        )
        return draft._open()

    def action_replay(self) -> bool:
        """Replay past decisions with these weights, without linking or creating anything."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        replay.replay_decisions(self.env(su=True), self)
        return True

    def action_lines(self) -> dict[str, Any]:
        """Open the past decisions that these weights would change."""
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_match_replay_line", [("model_id", "=", self.id)])

    def action_activate(self) -> dict[str, Any]:
        """Replay past decisions, and open the dialog that shows the changes and activates these weights."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        replay.replay_decisions(self.env(su=True), self)
        wizard = self.env["retail.sync.match.model.activate"].create({"model_id": self.id})
        return actions.dialog(self.env._("Activate match model"), wizard)

    def _open(self) -> dict[str, Any]:
        return actions.open_record(self)


def _bits(weight: int) -> str:
    return f"{weight / 100:+.1f}"


def _levels(
    kind: str, field: str, levels: Mapping[str, int], model: Model, level_labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the agreement levels of a field, the highest weight first, each beside its shipped weight."""
    shipped = DEFAULT_MODEL.weights.get(kind, {}).get(field, {})
    chances = model.probabilities[kind][field]
    return [
        {
            "level": level,
            "label": level_labels.get(level, level),
            "bits": _bits(weight),
            "against": weight < 0,
            "share": min(100, round(100 * abs(weight) / 100 / FULL_BAR)),
            "shipped": _bits(shipped[level]) if level in shipped else "",
            "changed": shipped.get(level) != weight,
            "same": f"{chances[level][0]:.2%}",
            "others": f"{chances[level][1]:.3%}",
        }
        for level, weight in sorted(levels.items(), key=lambda entry: -entry[1])
    ]
