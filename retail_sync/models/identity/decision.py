import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime.sql import execute_values
from .evidence_labels import in_words

DECISIONS = [("link", "Linked"), ("create", "Created"), ("review", "Asked a person")]
# As they stand in the insert below.
COLUMNS = (
    "connection_id", "stream_id", "remote_object", "external_id", "title", "decision", "rule", "reason", "partner_id",
    "score", "model_version", "evidence", "decided_on",
)  # fmt: skip


class RetailSyncMatchDecision(models.Model):
    """What identity decided on a record that was bound to nothing, with its evidence; nothing here is changed later.

    A record that resembled nobody was created without a decision worth keeping.
    """

    _name = "retail.sync.match.decision"
    _description = "Identity decision"
    _log_access = False
    _rec_name = "title"
    _order = "id desc"

    connection_id = fields.Many2one("retail.sync.connection", string="Connection", required=True, ondelete="cascade")
    stream_id = fields.Many2one("retail.sync.stream", string="Stream", ondelete="cascade")
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
        [("link", "Linked"), ("create", "Created"), ("non_match", "Not the same")],
        string="A person decided",
        help="What a person made of a record that was asked about.",
    )
    person_partner_id = fields.Many2one(
        "res.partner", string="Person's choice", ondelete="set null", index="btree_not_null"
    )
    person_id = fields.Many2one("res.users", string="Decided by", ondelete="set null")
    person_on = fields.Datetime(string="Person decided on")

    _record_idx = models.Index("(connection_id, remote_object, external_id)")

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
    def _note(self, stream, items):
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
                    stream.connection_id.id, stream.id, item.incoming.remote_object, item.incoming.external_id,
                    item.main.get("name") or None, item.outcome, item.rule, item.reason, best["id"],
                    best["evidence"]["score"], best["evidence"]["model_version"],
                    json.dumps(item.candidates), now,
                )
            )  # fmt: skip
        if rows:
            execute_values(
                self.env,
                f"INSERT INTO retail_sync_match_decision ({', '.join(COLUMNS)}) VALUES %s",
                rows,
            )

    @api.model
    def _latest(self, keys):
        """Return {(connection id, object, external id): latest decision} of those that have one, in one query."""
        keys = list(keys)
        if not keys:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (found.connection_id, found.remote_object, found.external_id)"
                " found.connection_id, found.remote_object, found.external_id, found.id"
                " FROM unnest(%s::int[], %s::text[], %s::text[]) AS told(connection_id, remote_object, external_id)"
                " JOIN retail_sync_match_decision found ON found.connection_id = told.connection_id"
                " AND found.remote_object = told.remote_object AND found.external_id = told.external_id"
                " ORDER BY found.connection_id, found.remote_object, found.external_id, found.id DESC",
                *(list(column) for column in zip(*keys, strict=True)),
            )
        )
        # Browsed together, so that what is read of one is read of all.
        decisions = self.browse([row[3] for row in rows])
        return {row[:3]: decision for row, decision in zip(rows, decisions, strict=True)}

    @api.model
    def _person_decided(self, message, what, partner=None):
        """Note what a person made of a record that was asked about."""
        self._persons_decided(message, what, {message.id: partner.id} if partner else None)

    @api.model
    def _persons_decided(self, messages, what, chosen=None):
        """Note what a person made of records that were asked about, on the latest decision of each: one statement.

        :param chosen: {message id: customer id} of those that were linked
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE retail_sync_match_decision decision SET person_decision = %(what)s,"
                " person_partner_id = latest.partner_id, person_id = %(uid)s, person_on = %(now)s"
                " FROM (SELECT DISTINCT ON (told.connection_id, told.remote_object, told.external_id)"
                " found.id, told.partner_id"
                " FROM unnest(%(connections)s::int[], %(objects)s::text[], %(keys)s::text[], %(partners)s::int[])"
                " AS told(connection_id, remote_object, external_id, partner_id)"
                " JOIN retail_sync_match_decision found ON found.connection_id = told.connection_id"
                " AND found.remote_object = told.remote_object AND found.external_id = told.external_id"
                " ORDER BY told.connection_id, told.remote_object, told.external_id, found.id DESC) latest"
                " WHERE decision.id = latest.id",
                what=what,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                connections=[message.connection_id.id for message in messages],
                objects=[message.remote_object for message in messages],
                keys=[message.key for message in messages],
                partners=[(chosen or {}).get(message.id) for message in messages],
            )
        )
        self.invalidate_model()
