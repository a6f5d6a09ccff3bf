from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...runtime import actions
from . import learning, replay
from .evidence_labels import words

# Bits that fill a bar.
FULL = 20


class RetailSyncMatchModel(models.Model):
    """What the screen of the weights shows and asks for."""

    _inherit = "retail.sync.match.model"

    # Each computed by itself: what shares a compute with a field that is written is not computed meanwhile.
    link_bits = fields.Float(
        compute="_compute_link_bits",
        inverse="_inverse_thresholds",
        digits=(8, 2),
        string="Links from (bits)",
        help="A record is linked without a question when the evidence for a customer reaches so many bits and no rule "
        "objects. Higher: fewer links, more questions, fewer mistakes. Each bit doubles the odds. On drafts only.",
    )
    review_bits = fields.Float(
        compute="_compute_review_bits",
        inverse="_inverse_thresholds",
        digits=(8, 2),
        string="Asks from (bits)",
        help="A person is asked when the evidence reaches so many bits, but not enough for a link. Below it, a new "
        "customer is created. Lower: more questions, fewer duplicates. On drafts only.",
    )
    weights = fields.Json(compute="_compute_weights", help="What each way to agree weighs, in bits, for the screen.")
    sharing_text = fields.Text(
        compute="_compute_sharing_text",
        string="What your customers share",
        help="How often people who are plainly different share an address or a phone. Where that was not measured, or "
        "is common, such an agreement alone links nobody.",
    )
    wrong_count = fields.Integer(
        compute="_compute_replay_counts",
        string="Wrong links",
        help="Records that these weights would link to a customer of whom a person said that it is somebody else.",
    )
    changed_count = fields.Integer(
        compute="_compute_replay_counts",
        string="Would change",
        help="Decisions that would be others, counted by the last replay.",
    )

    @api.depends("data")
    def _compute_link_bits(self):
        for version in self:
            version.link_bits = (version.data or {}).get("link", 0) / 100

    @api.depends("data")
    def _compute_review_bits(self):
        for version in self:
            version.review_bits = (version.data or {}).get("review", 0) / 100

    def _inverse_thresholds(self):
        for version in self:
            wanted = {"link": round(version.link_bits * 100), "review": round(version.review_bits * 100)}
            if wanted.items() <= version.data.items():
                continue
            if version.state != "draft" or version.origin == "shipped":
                raise UserError(
                    self.env._("%s decides, or did so. Make a draft of it to change thresholds.", version.name)
                )
            # The replay was of other thresholds.
            version.sudo().line_ids.unlink()
            version.sudo().write({"data": {**version.data, **wanted}, "replay": False, "replayed_on": False})

    @api.depends("data")
    def _compute_weights(self):
        names, words_of_levels = words(self.env)
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
                            "label": names.get(field, field),
                            "levels": _levels(kind, field, levels, model, words_of_levels),
                        }
                        for field, levels in fields_of.items()
                    ],
                }
                for kind, fields_of in model.weights.items()
            ]

    @api.depends("data")
    def _compute_sharing_text(self):
        def rate(value):
            return self.env._("not measured, so it is taken for common") if value is None else f"{value:.1%}"

        for version in self:
            sharing = version._model().sharing
            version.sharing_text = "\n".join(
                (
                    self.env._("Share their address with somebody else: %s", rate(sharing.address)),
                    self.env._("Share their phone number with somebody else: %s", rate(sharing.phone)),
                    self.env._("Live with a namesake, or stand twice: %s", rate(sharing.namesake)),
                )
            )

    @api.depends("replay")
    def _compute_replay_counts(self):
        for version in self:
            found = version.replay or {}
            version.changed_count, version.wrong_count = found.get("changed", 0), found.get("wrong_count", 0)

    # -- buttons

    def action_learn(self):
        """Learn weights from the customers that are here; a draft shows how far it is."""
        self._require_manager()
        version = learning.start(self.env(su=True))
        return version._open()

    def action_draft(self):
        """Make a draft of these weights, whose thresholds can be changed."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        draft = self._make(
            self._model(),
            "person",
            self.env._("Draft of %s", self.name),
            note=self.env._("Made from %(name)s by %(user)s.", name=self.name, user=self.env.user.name),
        )
        return draft._open()

    def action_replay(self):
        """Replay past decisions under these weights; nothing is linked or created."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        replay.replay_decisions(self.env(su=True), self)
        return True

    def action_lines(self):
        """Show the decisions that these weights would change."""
        self.ensure_one()
        return actions.list_of(self.env, "retail_sync.action_match_replay_line", [("model_id", "=", self.id)])

    def action_activate(self):
        """Show what these weights would change; nothing happens before it is confirmed."""
        self.ensure_one()
        self._require_manager()
        self._check_usable()
        replay.replay_decisions(self.env(su=True), self)
        wizard = self.env["retail.sync.match.model.activate"].create({"model_id": self.id})
        return actions.dialog(self.env._("Activate weights"), wizard)

    def _open(self):
        return actions.open_record(self)


def _bits(weight):
    return f"{weight / 100:+.1f}"


def _levels(kind, field, levels, model, words_of_levels):
    """The ways to agree in one field, the weightiest first, each with what the shipped weights say."""
    shipped = DEFAULT_MODEL.weights.get(kind, {}).get(field, {})
    chances = model.probabilities[kind][field]
    return [
        {
            "level": level,
            "label": words_of_levels.get(level, level),
            "bits": _bits(weight),
            "against": weight < 0,
            "share": min(100, round(100 * abs(weight) / 100 / FULL)),
            "shipped": _bits(shipped[level]) if level in shipped else "",
            "changed": shipped.get(level) != weight,
            "same": f"{chances[level][0]:.2%}",
            "others": f"{chances[level][1]:.3%}",
        }
        for level, weight in sorted(levels.items(), key=lambda one: -one[1])
    ]
