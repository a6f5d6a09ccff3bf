import json
from collections.abc import Iterable, Mapping
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure, Remote
from ...runtime.sql import execute_values
from ..audit import trail
from ..mapping import record_names, sensitivity
from .evidence_labels import in_words

KEEP_DAYS = 730
DECISIONS = [("link", "Linked"), ("create", "Created"), ("review", "Review")]
# In the order of the values that ``_note`` inserts.
COLUMNS = (
    "connection_id", "stream_id", "remote_object", "external_id", "title", "decision", "rule", "reason", "partner_id",
    "score", "model_version", "evidence", "decided_on",
)  # fmt: skip


class RetailSyncMatchDecision(models.Model):
    """Keep what the engine decided about a record without a link, with its evidence, and what a person decided.

    The engine's decision never changes. Records that resembled no customer were created without a decision here.
    """

    _name = "retail.sync.match.decision"
    _inherit = ["retail.sync.business.access", "retail.sync.bounded.read"]
    _description = "Match decision"
    _erasure = Erasure(
        rows=(Remote(),),
        unset=("partner_id", "person_partner_id"),
        elements=("evidence",),
        quotes=("title", "reason", "undo_text"),
    )
    _log_access = False
    _rec_name = "title"
    _order = "id desc"
    _business_fields = (("res.partner", "partner_id"), ("res.partner", "person_partner_id"))

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade")
    stream_id = fields.Many2one("retail.sync.stream", ondelete="cascade", index="btree_not_null")
    remote_object = fields.Char(required=True, string="Object")
    external_id = fields.Char(required=True, string="External id")
    title = fields.Char(string="Record", help="Name of the record at the time of the decision, masked.")
    decision = fields.Selection(DECISIONS, required=True, help="What the engine decided automatically.")
    rule = fields.Char(help="Code of the rule that decided.")
    reason = fields.Char(help="Why the engine decided so.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Best candidate",
        ondelete="set null",
        index="btree_not_null",
        help="Customer with the most evidence.",
    )
    score = fields.Integer(
        help="Evidence for the best candidate, in hundredths of a bit. It is the sum of the parts shown."
    )
    bits = fields.Float(
        compute="_compute_bits",
        digits=(8, 2),
        help="Evidence for the best candidate. Each bit doubles the odds.",
        string="Evidence (bits)",
    )
    model_version = fields.Char(string="Weights", help="Version of the weights that were used.")
    evidence = fields.Json(
        groups=fields.NO_ACCESS,
        help="Candidates, best first, each with the parts of its score and the rules that object.",
    )
    waterfall = fields.Json(compute="_compute_waterfall", help="Evidence as the form shows it.")
    decided_on = fields.Datetime(string="Decided on", required=True)
    person_decision = fields.Selection(
        [("link", "Linked"), ("create", "Created"), ("non_match", "Not a match")],
        string="Review result",
        help="What a person decided in the review of the record.",
    )
    person_partner_id = fields.Many2one(
        "res.partner", string="Chosen customer", ondelete="set null", index="btree_not_null"
    )
    person_id = fields.Many2one("res.users", string="Reviewed by", ondelete="set null")
    person_on = fields.Datetime(string="Reviewed on")

    _record_idx = models.Index("(connection_id, remote_object, external_id)")
    _retention_idx = models.Index("(decided_on)")

    @api.depends("score")
    def _compute_bits(self) -> None:
        for decision in self:
            decision.bits = decision.score / 100

    @api.depends("evidence")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_waterfall(self) -> None:
        """Show the evidence about those candidates that the reader may see."""
        stored = {decision: decision.sudo().evidence or [] for decision in self}
        refs = {("res.partner", candidate["id"]) for candidates in stored.values() for candidate in candidates}
        names = record_names.readable(self.env, refs)
        for decision, candidates in stored.items():
            decision.waterfall = [
                {"id": candidate["id"], "name": names[ref], "evidence": in_words(self.env, candidate)}
                for candidate in candidates
                if (ref := ("res.partner", candidate["id"])) in names
            ]

    @retention.batched
    def _gc_decisions(self) -> retention.Progress:
        """Delete decisions after the days of Settings; the link keeps by which rule it was made."""
        limit = retention.before(self.env, "keep_decisions_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("decided_on < %s", limit), SQL("decided_on")) if limit else (0, 0)

    @api.model
    def _note(self, stream: models.BaseModel, items: Iterable[Any]) -> None:
        """Store the decisions of a page in one statement; decisions without a plausible candidate are left out."""
        now = fields.Datetime.now()
        rows = []
        titled = sensitivity.title_masker(self.env, stream)
        for item in items:
            best = next((candidate for candidate in item.candidates if "evidence" in candidate), None)
            if item.decision is None or best is None:
                continue
            if item.outcome == "create" and best["evidence"]["score"] < best["evidence"]["review_threshold"]:
                continue
            rows.append(
                (
                    stream.connection_id.id, stream.id, item.incoming.remote_object, item.incoming.external_id,
                    titled(item.main.get("name")), item.outcome, item.rule, item.reason, best["id"],
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
    def _latest(self, keys: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str, str], models.BaseModel]:
        """Return {key: latest decision} of records that have a decision, in one query.

        :param keys: (connection id, object, external id) of each record
        """
        keys = list(keys)
        if not keys:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (found.connection_id, found.remote_object, found.external_id)"
                " found.connection_id, found.remote_object, found.external_id, found.id"
                " FROM unnest(%s::int[], %s::text[], %s::text[]) AS wanted(connection_id, remote_object, external_id)"
                " JOIN retail_sync_match_decision found ON found.connection_id = wanted.connection_id"
                " AND found.remote_object = wanted.remote_object AND found.external_id = wanted.external_id"
                " ORDER BY found.connection_id, found.remote_object, found.external_id, found.id DESC",
                *(list(column) for column in zip(*keys, strict=True)),
            )
        )
        # Browsed together, so that reading a field of one decision prefetches it for all.
        decisions = self.browse([row[3] for row in rows])
        return {row[:3]: decision for row, decision in zip(rows, decisions, strict=True)}

    @api.model
    def _record_review(self, message: models.BaseModel, result: str, partner: models.BaseModel | None = None) -> None:
        """Record what a person decided in a review.

        :param result: 'link', 'create' or 'non_match'
        :param partner: for 'link', the chosen customer
        """
        self._record_reviews(message, result, {message.id: partner.id} if partner else None)

    @api.model
    def _record_reviews(self, messages: models.BaseModel, result: str, chosen: Mapping[int, int] | None = None) -> None:
        """Record what a person decided in reviews, on the latest decision of each record, in one statement.

        :param result: 'link', 'create' or 'non_match'
        :param chosen: {message id: customer id} of records that were linked
        """
        trail.decided(messages, result, customers=chosen or {})
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE retail_sync_match_decision decision SET person_decision = %(result)s,"
                " person_partner_id = latest.partner_id, person_id = %(uid)s, person_on = %(now)s"
                " FROM (SELECT DISTINCT ON (reviewed.connection_id, reviewed.remote_object, reviewed.external_id)"
                " found.id, reviewed.partner_id"
                " FROM unnest(%(connections)s::int[], %(objects)s::text[], %(keys)s::text[], %(partners)s::int[])"
                " AS reviewed(connection_id, remote_object, external_id, partner_id)"
                " JOIN retail_sync_match_decision found ON found.connection_id = reviewed.connection_id"
                " AND found.remote_object = reviewed.remote_object AND found.external_id = reviewed.external_id"
                " ORDER BY reviewed.connection_id, reviewed.remote_object, reviewed.external_id, found.id DESC) latest"
                " WHERE decision.id = latest.id",
                result=result,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                connections=[message.connection_id.id for message in messages],
                objects=[message.remote_object for message in messages],
                keys=[message.external_id for message in messages],
                partners=[(chosen or {}).get(message.id) for message in messages],
            )
        )
        self.invalidate_model()
