from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, agrees_most, score_of
from . import bulk_answer

# The rules that ask. The first ones find something that only we know; those of the evidence follow.
ASKED_RULES = [
    ("twin", "Looks like another record of the same page"),
    ("already_bound", "Looks like a customer that is linked already"),
    ("other_company", "The person's company is another one here"),
    ("parent_missing", "Its company is not here yet"),
    ("new", "No customer matches, and the stream asks before it creates"),
    ("score", "The evidence is not strong enough"),
    ("rival", "A better candidate needs a person's judgement"),
    ("tie", "Several customers agree equally well"),
    ("branch", "The same company at another address"),
    ("legal_form", "The legal forms differ"),
    ("tax_id_doubt", "All agrees but the tax IDs"),
    ("name_doubt", "The names do not agree well enough"),
    ("too_little", "Too little agrees besides the name"),
    ("other_account", "They belong to different accounts"),
    ("first_name_changed", "Personal keys agree, the first names do not"),
    ("birthdate_doubt", "Personal keys agree, the birth dates do not"),
    ("number_doubt", "The registry numbers differ"),
    ("vat_doubt", "The tax IDs differ"),
    ("generation_doubt", "Only one is called Jr., Sr. or III"),
    ("twins", "The first names are alike, not the same"),
    ("last_name_doubt", "The last names do not agree well enough"),
    ("father_and_son", "Name and address agree, nothing personal does"),
    ("name_only", "Little more than the name agrees"),
    ("moved", "Another address: moved, or a namesake"),
    ("handed_on", "A contact agrees that may have been handed on"),
    ("kind_doubt", "One is a person, the other a company"),
    ("other", "Another reason"),
]
AGREES = [
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("number", "Tax or registry number"),
    ("name", "Name"),
    ("given", "First name"),
    ("family", "Last name"),
    ("street", "Street"),
    ("street2", "Street 2"),
    ("locality", "City and postal code"),
    ("domain", "Web domain"),
    ("birthdate", "Birth date"),
    ("company", "Company"),
    ("form", "Legal form"),
    ("other", "Something else"),
    ("none", "Nothing that was weighed"),
]


class RetailSyncMessage(models.Model):
    """Match reviews: the reason of each, and one decision for many of a kind."""

    _inherit = "retail.sync.message"

    asked_rule = fields.Selection(
        ASKED_RULES,
        string="Review reason",
        readonly=True,
        index="btree_not_null",
        help="Why the engine did not match this record automatically.",
    )
    asked_agrees = fields.Selection(
        AGREES,
        string="Strongest evidence",
        readonly=True,
        help="The strongest evidence for the first suggestion.",
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

    @api.depends("candidates")
    @api.depends_context("uid")
    def _compute_suggestion(self) -> None:
        """One query for all: customers that are gone or out of the user's sight are not shown."""
        first = {message: message._first_suggestion() for message in self}
        partners = self.env["res.partner"].with_context(active_test=False).browse(sorted(set(first.values()) - {0}))
        seen = set(partners.exists()._filtered_access("read").ids)
        for message in self:
            message.suggestion_id = first[message] if first[message] in seen else False
            message.suggestion_bits = score_of(message.candidates) / 100

    def _first_suggestion(self) -> Any:
        """Return the id of the customer that is suggested first, 0 when there is none."""
        return next((int(found["id"]) for found in self.candidates or []), 0)

    @api.model
    def _review_vals(self, rule: Any, candidates: Any) -> Any:
        """Return the values by which reviews of one kind are found; a renewed review keeps its reason."""
        agrees = agrees_most(candidates) or "none"
        vals = {"asked_agrees": agrees if agrees in dict(AGREES) else "other"}
        if rule != "asked":
            vals["asked_rule"] = rule if rule in dict(ASKED_RULES) else "other"
        return vals

    def _is_review(self) -> bool:
        """Return whether the message is an open match review."""
        return self.state == "review"

    def action_answer_link(self) -> Any:
        """Ask before all selected records are linked, each to its first suggestion."""
        return self._ask_answer(LINK, self.env._("Link all to their first suggestion"))

    def action_answer_second(self) -> Any:
        """Ask before all selected records are noted as second ones of customers who are linked already."""
        return self._ask_answer(SECOND, self.env._("Mark all as duplicates on the platform"))

    def action_answer_create(self) -> Any:
        """Ask before a new customer is created for each of the selected records."""
        return self._ask_answer(CREATE, self.env._("Create new customers"))

    def action_answer_non_match(self) -> Any:
        """Ask before the selected records are marked as non-matches of all suggested customers."""
        return self._ask_answer(NON_MATCH, self.env._("Not a match"))

    def _ask_answer(self, answer: Any, title: str) -> Any:
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
