from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...runtime import actions, rights
from ...runtime.rights import Role
from . import undo


class RetailSyncMatchDecision(models.Model):
    """Undo a decision of the engine or of a person."""

    _inherit = "retail.sync.match.decision"

    undone_on = fields.Datetime(readonly=True, string="Undone on")
    undone_by_id = fields.Many2one("res.users", readonly=True, string="Undone by", ondelete="set null")
    undo_text = fields.Text(readonly=True, string="Result of the undo", help="What was restored, and what was kept.")

    def action_undo(self) -> dict[str, Any]:
        """Undo these decisions: links, non-matches and created customers, with what was written.

        :raises AccessError: the user is no data steward
        :raises UserError: a decision has nothing to undo
        """
        rights.require(self, Role.steward)
        texts = []
        for decision in self:
            if decision.undone_on:
                raise UserError(self.env._("The decision about %s was undone before.", decision.display_name))
            text = decision._undo()
            decision.sudo().write({"undone_on": fields.Datetime.now(), "undone_by_id": self.env.uid, "undo_text": text})
            texts.append(text)
        return actions.notify("\n".join(texts))

    def _undo(self) -> str:
        record = self.sudo()
        key = undo.Key(record.connection_id, record.stream_id, record.remote_object, record.external_id)
        candidates = [dict(found) for found in record.evidence or []]
        return undo.undo(self.env, key, record.title, candidates)


class RetailSyncLink(models.Model):
    """Undo a link, also one that has no decision: of a record that carried the customer's id."""

    _inherit = "retail.sync.link"

    def action_undo(self) -> dict[str, Any]:
        """Undo the decision that made this link, and open the review that follows: the link is no more.

        :raises AccessError: the user is no data steward
        """
        self.ensure_one()
        link = rights.require(self, Role.steward)
        key = undo.Key(link.connection_id, link.stream_id, link.remote_object, link.external_id)
        if self.decision_id and not self.decision_id.undone_on:
            action = self.decision_id.with_env(self.env).action_undo()
        elif link.part != PART_MAIN:
            raise UserError(self.env._("This is an address of a record. Open the link of the record itself."))
        else:
            action = actions.notify(undo.undo(self.env, key, "", []))
        action["params"]["next"] = actions.open_record(undo.open_message(self.env, key).with_env(self.env))
        return action
