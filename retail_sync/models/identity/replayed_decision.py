from odoo import api, fields, models

from ...runtime.erasure import Erasure, Ids
from .match_decision import DECISIONS


class RetailSyncMatchReplayLine(models.Model):
    """Keep a past decision that a match model would change, or that contradicts what a person decided."""

    _name = "retail.sync.match.replay.line"
    _inherit = ["retail.sync.business.access"]
    _description = "Replayed match decision"
    _erasure = Erasure(rows=(Ids("partner_id"),))
    _log_access = False
    _rec_name = "decision_id"
    _order = "id"
    _business_fields = (
        ("res.partner", "partner_id"),
        ("res.partner", "decision_id.partner_id"),
        ("res.partner", "decision_id.person_partner_id"),
    )

    model_id = fields.Many2one(
        "retail.sync.match.model", string="Weights", required=True, ondelete="cascade", index=True
    )
    decision_id = fields.Many2one(
        "retail.sync.match.decision",
        string="Record",
        required=True,
        ondelete="cascade",
        index=True,
        help="The decision at that time, with its evidence.",
    )
    external_id = fields.Char(related="decision_id.external_id")
    connection_id = fields.Many2one(related="decision_id.connection_id")
    decided_on = fields.Datetime(related="decision_id.decided_on")
    person_decision = fields.Selection(related="decision_id.person_decision")
    then_kind = fields.Selection(
        DECISIONS, string="Decision", required=True, help="What the engine decided at that time."
    )
    now_kind = fields.Selection(
        DECISIONS, string="Decision with these weights", required=True, help="What these weights would decide."
    )
    then_score = fields.Integer()
    now_score = fields.Integer()
    then_bits = fields.Float(
        compute="_compute_bits",
        digits=(8, 2),
        string="Evidence (bits)",
        help="Evidence for the linked customer or the best candidate, at the time of the decision.",
    )
    now_bits = fields.Float(
        compute="_compute_bits",
        digits=(8, 2),
        string="Evidence with these weights (bits)",
        help="Evidence for the best candidate with these weights.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Best candidate",
        ondelete="set null",
        index="btree_not_null",
        help="Customer to which the record would be linked, or the customer with the most evidence.",
    )
    verdict = fields.Selection(
        [
            ("right_link", "Right link"),
            ("wrong_link", "Wrong link"),
            ("asked", "Review"),
            ("duplicate", "Duplicate created"),
            ("right_new", "Right new customer"),
            ("open", "Not reviewed"),
        ],
        string="Compared with people",
        required=True,
        help="What these weights would decide, compared with what a person decided about the record.",
    )

    @api.depends("then_score", "now_score")
    def _compute_bits(self) -> None:
        for line in self:
            line.then_bits, line.now_bits = line.then_score / 100, line.now_score / 100
