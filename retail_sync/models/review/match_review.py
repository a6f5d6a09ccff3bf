from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, agrees_most, score_of
from ..identity.evidence_labels import words
from ..identity.reason_texts import outcome_texts, rule_texts
from . import bulk_answer

# Rules of the evidence that lead to a review; their texts are those of the match decision.
EVIDENCE_RULES = (
    "score", "rival", "tie", "branch", "legal_form", "tax_id_doubt", "name_doubt", "too_little", "other_account",
    "other_words", "first_name_changed", "birthdate_doubt", "number_doubt", "vat_doubt", "generation_doubt", "twins",
    "last_name_doubt", "father_and_son", "name_only", "moved", "handed_on", "kind_doubt",
)  # fmt: skip
# Reasons that only this database knows: other records, links, companies, the settings of the stream.
LOCAL_RULES = ("undone", "internal", "claim", "twin", "already_bound", "other_company", "parent_missing", "new")
REVIEW_RULES = (*LOCAL_RULES, *EVIDENCE_RULES, "other")
AGREEING = (
    "email", "phone", "number", "name", "given", "family", "street", "street2", "locality", "domain", "birthdate",
    "company", "form",
)  # fmt: skip


class RetailSyncMessage(models.Model):
    """Keep the reason of each match review, and open the dialog that decides many reviews at once."""

    _inherit = "retail.sync.message"

    asked_rule = fields.Selection(
        selection="_selection_asked_rule",
        string="Review reason",
        readonly=True,
        index="btree_not_null",
        help="Why the engine did not match this record automatically.",
    )
    asked_agrees = fields.Selection(
        selection="_selection_asked_agrees",
        string="Strongest evidence",
        readonly=True,
        help="Value that is the strongest evidence for the first suggested match.",
    )
    suggestion_id = fields.Many2one(
        "res.partner",
        compute="_compute_suggestion",
        string="First suggestion",
        help="The customer with the strongest evidence of a match.",
    )
    suggestion_bits = fields.Float(
        compute="_compute_suggestion",
        digits=(8, 2),
        string="Evidence (bits)",
        help="Evidence for the first suggestion, less the evidence against it.",
    )

    @api.model
    def _selection_asked_rule(self) -> list[tuple[str, str]]:
        texts = {
            "undone": self.env._("A person undid the decision about the record."),
            "internal": self.env._("The record resembles an internal user or an own company."),
            "claim": self.env._("The record carries an Odoo id that cannot be its own."),
            "twin": self.env._("The record resembles another record of the same page."),
            "already_bound": self.env._("The record resembles a customer that is already linked."),
            "other_company": self.env._("The person belongs to a different company in Odoo."),
            "parent_missing": self.env._("The company of the person is not in Odoo yet."),
            "new": self.env._("The stream requires approval before it creates customers."),
            "other": self.env._("Another reason"),
            **rule_texts(self.env),
            **outcome_texts(self.env),
        }
        return [(rule, texts[rule]) for rule in REVIEW_RULES]

    @api.model
    def _selection_asked_agrees(self) -> list[tuple[str, str]]:
        labels, _levels = words(self.env)
        return [
            *((name, labels[name]) for name in AGREEING),
            ("other", self.env._("Another value")),
            ("none", self.env._("No agreement")),
        ]

    @api.depends("candidates")
    @api.depends_context("uid")
    def _compute_suggestion(self) -> None:
        """Compute with one query for all; customers that were deleted or that the user may not read are not shown."""
        first = {message: message._first_suggestion() for message in self}
        partners = self.env["res.partner"].with_context(active_test=False).browse(sorted(set(first.values()) - {0}))
        seen = set(partners.exists()._filtered_access("read").ids)
        for message in self:
            message.suggestion_id = first[message] if first[message] in seen else False
            message.suggestion_bits = score_of(message.sudo().candidates) / 100

    def _first_suggestion(self) -> int:
        """Return the id of the customer that is suggested first, 0 when there is none."""
        return next((int(found["id"]) for found in self.sudo().candidates or []), 0)

    @api.model
    def _review_vals(self, rule: str, candidates: list[dict[str, Any]] | bool) -> dict[str, str]:
        """Return the values by which reviews are grouped; a renewed review (rule "asked") keeps its reason."""
        agrees = agrees_most(candidates) or "none"
        vals = {"asked_agrees": agrees if agrees in (*AGREEING, "none") else "other"}
        if rule != "asked":
            vals["asked_rule"] = rule if rule in REVIEW_RULES else "other"
        return vals

    def _is_review(self) -> bool:
        """Return whether the message is an open match review."""
        return self.state == "review"

    def action_answer_link(self) -> dict[str, Any]:
        """Open the dialog that links each selected record to its first suggested match."""
        return self._ask_answer(LINK, self.env._("Link all to their first suggestion"))

    def action_answer_second(self) -> dict[str, Any]:
        """Open the dialog that gives each selected record a secondary link."""
        return self._ask_answer(SECOND, self.env._("Mark all as duplicates on the platform"))

    def action_answer_create(self) -> dict[str, Any]:
        """Open the dialog that creates a new customer for each selected record."""
        return self._ask_answer(CREATE, self.env._("Create new customers"))

    def action_answer_non_match(self) -> dict[str, Any]:
        """Open the dialog that marks the selected records as non-matches of their suggested customers."""
        return self._ask_answer(NON_MATCH, self.env._("Not a match"))

    def _ask_answer(self, answer: str, title: str) -> dict[str, Any]:
        self._require_steward()
        reviews = self.filtered(lambda message: message._is_review())
        if not reviews:
            raise UserError(
                self.env._("None of the selected messages is a match review. Select records under Reviews.")
            )
        return self._ask(
            "retail.sync.bulk.review",
            title,
            answer=answer,
            message_ids=[(6, 0, self.ids)],
            seen=bulk_answer.as_seen(self),
        )
