from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...runtime import actions


class RetailSyncLink(models.Model):
    """Why two records are the same, who said so, and from which evidence: for the person who looks at a customer."""

    _inherit = "retail.sync.link"

    role = fields.Char(
        compute="_compute_role",
        string="What it is",
        help="Customer: the record that writes to it. Address: a part of that record. Second id: the platform knows "
        "the record by two. Alias: a record that was merged into another one or linked later; it writes nothing.",
    )
    how_linked = fields.Char(
        compute="_compute_why", compute_sudo=True, string="How it was linked", help="The rule that linked the two."
    )
    why_text = fields.Text(
        compute="_compute_why",
        compute_sudo=True,
        string="Why they are the same",
        help="The rule that linked the two, and what decided.",
    )
    linked_by = fields.Char(
        compute="_compute_why", compute_sudo=True, string="Linked by", help="The person who decided it, or the engine."
    )
    decision_id = fields.Many2one(
        "retail.sync.match.decision",
        compute="_compute_why",
        compute_sudo=True,
        string="Evidence",
        help="The latest decision on this record, with all that spoke for and against.",
    )

    @api.depends("is_primary", "part", "state", "rule")
    def _compute_role(self) -> None:
        for link in self:
            if not link.is_primary and link.rule == "alias":
                link.role = self.env._("Second id")
            elif not link.is_primary:
                link.role = self.env._("Alias")
            elif link.part == PART_MAIN:
                link.role = self.env._("Customer")
            else:
                link.role = self.env._("Address")

    @api.depends("rule", "reason", "connection_id", "remote_object", "external_id")
    def _compute_why(self) -> None:
        """One query for the decisions of all."""
        keys = {link: (link.connection_id.id, link.remote_object, link.external_id) for link in self}
        decisions = self.env["retail.sync.match.decision"]._latest(keys.values())
        words = self._rule_words()
        for link in self:
            decision = decisions.get(keys[link])
            link.decision_id = decision
            link.how_linked = link._in_words(words, decision)
            link.why_text = ". ".join(text for text in (link.how_linked, link.reason) if text) or False
            link.linked_by = link._by_whom(decision)

    def _in_words(self, words: Any, decision: Any) -> Any:
        """Return the rule as people read it. What is no rule of a link kept the record from being linked to another."""
        if not self.rule:
            return False
        if self.rule == "person" and decision and decision.person_decision == "create":
            return self.env._("Created, as a person decided")
        return words.get(self.rule) or self.env._("Created: the nearest customer is another one")

    def _by_whom(self, decision: Any) -> Any:
        if self.rule != "person":
            return self.env._("The engine") if self.rule else False
        # A link by hand is made by the person, a customer by the connection's user on the person's behalf.
        person = decision.person_id if decision else decision
        if not person and self.create_uid != self.connection_id.user_id:
            person = self.create_uid
        return person.name if person else self.env._("A person")

    @api.model
    def _rule_words(self) -> dict[str, Any]:
        return {
            "external_id": self.env._("The record carried the customer's Odoo id"),
            "evidence": self.env._("Linked by evidence"),
            "survivor": self.env._("Linked by evidence, to the fullest of several duplicates"),
            "person": self.env._("Linked, as a person decided"),
            "alias": self.env._("The platform knows the record by two ids"),
            "exported": self.env._("Created on the platform from this customer"),
            "no_candidate": self.env._("Created: nobody had anything in common with it"),
            "no_evidence": self.env._("Created: nobody had enough in common with it"),
        }

    def action_open_decision(self) -> Any:
        """Show what spoke for and against this link."""
        self.ensure_one()
        if not self.decision_id:
            raise UserError(
                self.env._("No evidence was kept: nothing had to be weighed when this record was linked or created.")
            )
        return actions.dialog(self.env._("Why they are the same"), self.decision_id, dialog_size="extra-large")
