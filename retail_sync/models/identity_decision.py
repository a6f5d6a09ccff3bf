import json

from psycopg2.extras import execute_values

from odoo import api, fields, models

from ..services.evidence import in_words

DECISIONS = [("link", "Linked"), ("create", "Created"), ("review", "Asked a person")]
# As they stand in the insert below.
COLUMNS = (
    "backend_id", "flow_id", "remote_object", "external_id", "title", "decision", "rule", "reason", "partner_id",
    "score", "model_version", "evidence", "decided_on",
)  # fmt: skip


class RetailSyncIdentityDecision(models.Model):
    """What identity decided on a record that was bound to nothing, with its evidence; nothing here is changed later.

    A record that resembled nobody was created without a decision worth keeping.
    """

    _name = "retail.sync.identity.decision"
    _description = "Identity decision"
    _log_access = False
    _rec_name = "title"
    _order = "id desc"

    backend_id = fields.Many2one("retail.sync.backend", string="Connection", required=True, ondelete="cascade")
    flow_id = fields.Many2one("retail.sync.flow", string="Stream", ondelete="cascade")
    remote_object = fields.Char(required=True, string="Object")
    external_id = fields.Char(required=True, string="External id")
    title = fields.Char(string="Record", help="The record's name when it was decided.")
    decision = fields.Selection(DECISIONS, required=True, help="What the engine decided by itself.")
    rule = fields.Char(help="Short word of what decided.")
    reason = fields.Char(string="Why", help="What decided, as a sentence.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Best candidate",
        ondelete="set null",
        index="btree_not_null",
        help="The customer that the record has most in common with.",
    )
    score = fields.Integer(help="Evidence for the best candidate, in hundredths of a bit: the sum of the parts shown.")
    bits = fields.Float(compute="_compute_bits", digits=(8, 2), help="The score in bits.", string="Evidence (bits)")
    model_version = fields.Char(string="Weights", help="The version of the weights that were used.")
    evidence = fields.Json(help="The candidates, best first, each with the parts of its score and what speaks against.")
    waterfall = fields.Json(compute="_compute_waterfall", help="The evidence in words, for the screen.")
    decided_on = fields.Datetime(string="Decided on", required=True)
    person_decision = fields.Selection(
        [("link", "Linked"), ("create", "Created"), ("apart", "Not the same")],
        string="A person decided",
        help="What a person made of a record that was asked about.",
    )
    person_partner_id = fields.Many2one(
        "res.partner", string="Person's choice", ondelete="set null", index="btree_not_null"
    )
    person_id = fields.Many2one("res.users", string="Decided by", ondelete="set null")
    person_on = fields.Datetime(string="Person decided on")

    _record_idx = models.Index("(backend_id, remote_object, external_id)")

    @api.depends("score")
    def _compute_bits(self):
        for decision in self:
            decision.bits = decision.score / 100

    @api.depends("evidence")
    def _compute_waterfall(self):
        for decision in self:
            candidates = decision.evidence or []
            partners = self.env["res.partner"].with_context(active_test=False).browse([one["id"] for one in candidates])
            names = {partner.id: partner.display_name for partner in partners.exists()._filtered_access("read")}
            decision.waterfall = [
                {"id": one["id"], "name": names[one["id"]], "evidence": in_words(self.env, one)}
                for one in candidates
                if one["id"] in names
            ]

    @api.model
    def _note(self, flow, items):
        """Keep the decisions of a page that had candidates worth a look, in one statement."""
        now = fields.Datetime.now()
        rows = []
        for item in items:
            best = next((one for one in item.candidates if "evidence" in one), None)
            if item.decision is None or best is None:
                continue
            if item.outcome == "create" and best["evidence"]["score"] < best["evidence"]["review_threshold"]:
                continue
            rows.append(
                (
                    flow.backend_id.id, flow.id, item.incoming.remote_object, item.incoming.external_id,
                    item.main.get("name") or None, item.outcome, item.rule, item.reason, best["id"],
                    best["evidence"]["score"], best["evidence"]["model_version"],
                    json.dumps(item.candidates), now,
                )
            )  # fmt: skip
        if rows:
            execute_values(
                self.env.cr._obj,
                f"INSERT INTO retail_sync_identity_decision ({', '.join(COLUMNS)}) VALUES %s",
                rows,
            )

    @api.model
    def _of_record(self, backend, remote_object, external_id):
        """Return the latest decision on a record."""
        return self.search(
            [
                ("backend_id", "=", backend.id),
                ("remote_object", "=", remote_object),
                ("external_id", "=", external_id),
            ],
            limit=1,
        )

    @api.model
    def _person_decided(self, message, what, partner=None):
        """Note what a person made of a record that was asked about."""
        decision = self._of_record(message.backend_id, message.remote_object, message.key)
        decision.write(
            {
                "person_decision": what,
                "person_partner_id": partner.id if partner else False,
                "person_id": self.env.uid,
                "person_on": fields.Datetime.now(),
            }
        )
