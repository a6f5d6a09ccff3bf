from collections.abc import Mapping
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...runtime import actions


class RetailSyncLink(models.Model):
    """Explain a link: why the record and the customer are the same, who decided it, and from which evidence."""

    _inherit = "retail.sync.link"

    link_kind = fields.Char(
        compute="_compute_link_kind",
        string="Type",
        help="Customer: the primary link. Address: a part of that record. Additional id: the platform gives the record "
        "two ids. Secondary link: a record that was merged into another one or linked later; it writes nothing.",
    )
    how_linked = fields.Char(
        compute="_compute_explanation",
        compute_sudo=True,
        string="Linking rule",
        help="Rule that linked the record to the customer.",
    )
    explanation = fields.Text(
        compute="_compute_explanation",
        compute_sudo=True,
        help="Rule that linked the record to the customer, and its reason.",
    )
    linked_by = fields.Char(
        compute="_compute_explanation", compute_sudo=True, string="Linked by", help="Person who decided, or the engine."
    )
    decision_id = fields.Many2one(
        "retail.sync.match.decision",
        compute="_compute_explanation",
        compute_sudo=True,
        string="Evidence",
        help="Latest decision about this record, with the evidence for and against each candidate.",
    )

    @api.depends("is_primary", "part", "state", "rule")
    def _compute_link_kind(self) -> None:
        for link in self:
            if not link.is_primary and link.rule == "alias":
                link.link_kind = self.env._("Additional id")
            elif not link.is_primary:
                link.link_kind = self.env._("Secondary link")
            elif link.part == PART_MAIN:
                link.link_kind = self.env._("Customer")
            else:
                link.link_kind = self.env._("Address")

    @api.depends("rule", "reason", "connection_id", "remote_object", "external_id")
    def _compute_explanation(self) -> None:
        """Compute all texts of the explanation, with one query for the decisions of all links."""
        keys = {link: (link.connection_id.id, link.remote_object, link.external_id) for link in self}
        decisions = self.env["retail.sync.match.decision"]._latest(keys.values())
        labels = self._rule_labels()
        for link in self:
            decision = decisions.get(keys[link])
            link.decision_id = decision
            link.how_linked = link._rule_text(labels, decision)
            link.explanation = ". ".join(text for text in (link.how_linked, link.reason) if text) or False
            link.linked_by = link._decider(decision)

    def _rule_text(self, labels: Mapping[str, str], decision: models.BaseModel | None) -> str | bool:
        """Return the label of the linking rule, or False without a rule.

        A rule without a label is a rule that prevented a link, so that a new customer was created.
        """
        if not self.rule:
            return False
        if self.rule == "person" and decision and decision.person_decision == "create":
            return self.env._("Created by decision of a person")
        return labels.get(self.rule) or self.env._("Created: the most similar customer is a different one")

    def _decider(self, decision: models.BaseModel | None) -> str | bool:
        """Return the name of who decided: a person or the engine; False without a rule."""
        if self.rule != "person":
            return self.env._("The engine") if self.rule else False
        # A person creates a link directly. The connection's user creates a new customer on behalf of the person.
        person = decision.person_id if decision else decision
        if not person and self.create_uid != self.connection_id.user_id:
            person = self.create_uid
        return person.name if person else self.env._("A person")

    @api.model
    def _rule_labels(self) -> dict[str, str]:
        return {
            "external_id": self.env._("The record carried the customer's Odoo id"),
            "evidence": self.env._("Linked by evidence"),
            "survivor": self.env._("Linked by evidence, to the most complete of several duplicates"),
            "person": self.env._("Linked by decision of a person"),
            "succession": self.env._("Its record was merged into this one on the platform"),
            "alias": self.env._("The platform gives the record two ids"),
            "exported": self.env._("Created on the platform from this customer"),
            "no_candidate": self.env._("Created: no customer shares a value with it"),
            "no_evidence": self.env._("Created: no customer has enough evidence"),
        }

    def action_open_decision(self) -> dict[str, Any]:
        """Open the decision with the evidence for and against this link.

        :raises UserError: no decision was stored
        """
        self.ensure_one()
        self.check_access("read")
        if not self.decision_id:
            raise UserError(
                self.env._("There is no evidence to show: this record was linked or created without a comparison.")
            )
        return actions.dialog(self.env._("Evidence"), self.decision_id, dialog_size="extra-large")
