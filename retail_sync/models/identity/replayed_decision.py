from odoo import api, fields, models

from .decision import DECISIONS


class RetailSyncMatchReplayLine(models.Model):
    """A past decision that certain weights would change, or that they get wrong by what a person said."""

    _name = "retail.sync.match.replay.line"
    _description = "Replayed identity decision"
    _log_access = False
    _rec_name = "decision_id"
    _order = "id"

    model_id = fields.Many2one(
        "retail.sync.match.model", string="Weights", required=True, ondelete="cascade", index=True
    )
    decision_id = fields.Many2one(
        "retail.sync.match.decision",
        string="Record",
        required=True,
        ondelete="cascade",
        index=True,
        help="The decision as it was taken, with its evidence.",
    )
    external_id = fields.Char(related="decision_id.external_id")
    connection_id = fields.Many2one(related="decision_id.connection_id")
    decided_on = fields.Datetime(related="decision_id.decided_on")
    person_decision = fields.Selection(related="decision_id.person_decision")
    then_kind = fields.Selection(DECISIONS, string="Then", required=True, help="What was decided.")
    now_kind = fields.Selection(
        DECISIONS, string="Under these weights", required=True, help="What these weights would decide."
    )
    then_score = fields.Integer()
    now_score = fields.Integer()
    then_bits = fields.Float(
        compute="_compute_bits",
        digits=(8, 2),
        string="Bits then",
        help="Evidence for the customer that was linked, or for the best candidate, when it was decided.",
    )
    now_bits = fields.Float(
        compute="_compute_bits",
        digits=(8, 2),
        string="Bits now",
        help="Evidence for the best candidate under these weights.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Best candidate",
        ondelete="set null",
        index="btree_not_null",
        help="The customer that the record would be linked to, or that it has most in common with.",
    )
    verdict = fields.Selection(
        [
            ("right_link", "Right link"),
            ("wrong_link", "Wrong link"),
            ("asked", "Asked about"),
            ("duplicate", "Duplicate made"),
            ("right_new", "Rightly new"),
            ("open", "Nobody said"),
        ],
        string="By what people said",
        required=True,
        help="What these weights would do, compared with what a person decided on the record.",
    )

    @api.depends("then_score", "now_score")
    def _compute_bits(self):
        for line in self:
            line.then_bits, line.now_bits = line.then_score / 100, line.now_score / 100
