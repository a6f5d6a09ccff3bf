"""Replay past decisions with other weights, and compare the results with what people decided."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.decision import LINK
from ...domain.identity.learn.replay import WRONG_LINK, Answer, Outcome, judge, rates, replay
from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...domain.identity.score.model import Model
from ...runtime.sql import execute_values

# Decisions to replay: the latest ones, and the latest ones that people reviewed.
LAST = 5000
STEP = 500
# Records that the refusal of an activation names.
NAMED = 5
COLUMNS = (
    "model_id", "decision_id", "then_kind", "now_kind", "then_score", "now_score", "partner_id", "verdict",
)  # fmt: skip


def replay_decisions(env: Environment, version: models.BaseModel, last: int = LAST) -> dict[str, Any]:
    """Replay past decisions with a version; store the counts and the changed decisions on it, and return the counts.

    :param last: number of decisions to replay
    """
    version = version.sudo()
    model, used_models = version._model(), _used_models(env)
    latest = set(_latest(env, last))
    answered = set(_latest(env, last, SQL("WHERE %s", _is_answered())))
    moves, then, now, lines, wrong = Counter(), Counter(), Counter(), [], []
    skipped = others = 0
    decision_ids = sorted(latest | answered, reverse=True)
    for start in range(0, len(decision_ids), STEP):
        rows = _rows(env, decision_ids[start : start + STEP])
        answers, successors, existing = _answers(env, rows)
        for row in rows:
            outcome = replay(row["decision"], row["rule"], row["evidence"], model, used_models.get(row["version"]))
            if outcome is None:
                skipped += 1
                continue
            before, after = (_after_merges(each, successors) for each in (_original(row), outcome))
            if row["id"] in latest:
                moves[before.kind, after.kind] += 1
            answer = answers[row["id"]]
            verdict = judge(after, answer)
            if answer:
                for counts, compared in ((then, before), (now, after)):
                    counts[judge(compared, answer)] += 1
                    counts["answered"] += 1
                    counts["known"] += answer.right is not None
            moved = before.kind != after.kind or (after.kind == LINK and before.candidate_id != after.candidate_id)
            if verdict == WRONG_LINK:
                wrong.append({"title": row["title"] or row["external_id"], "score": after.score})
            others += moved and row["id"] in latest
            if moved or verdict == WRONG_LINK:
                partner_id = after.candidate_id if after.candidate_id in existing else None
                lines.append(
                    (
                        version.id, row["id"], before.kind, after.kind, before.score, after.score, partner_id,
                        verdict,
                    )
                )  # fmt: skip
    _keep_lines(env, version, lines)
    version.write(
        {
            "replayed_on": fields.Datetime.now(),
            "replay": {
                "decisions": sum(moves.values()),
                "others": others,
                "changed": len(lines),
                "skipped": skipped,
                "moves": [
                    {"then": kind, "now": new_kind, "count": count} for (kind, new_kind), count in sorted(moves.items())
                ],
                "then": {**then, **rates(then)},
                "now": {**now, **rates(now)},
                "wrong_count": len(wrong),
                "wrong": sorted(wrong, key=lambda decision: -decision["score"])[:NAMED],
            },
        }
    )
    return version.replay


def _used_models(env: Environment) -> dict[str, Model]:
    """Return {version: Model} of all weights with which decisions were made."""
    stored = {version.version: version._model() for version in env["retail.sync.match.model"].search([])}
    return {DEFAULT_MODEL.version: DEFAULT_MODEL, **stored}


def _latest(env: Environment, most: int, where: SQL | None = None) -> list[int]:
    """Return ids of the latest decisions, newest first."""
    env["retail.sync.match.decision"].flush_model()
    env["retail.sync.non.match"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_match_decision decision %s ORDER BY id DESC LIMIT %s",
            where or SQL(),
            most,
        )
    )
    return [decision_id for (decision_id,) in rows]


def _is_answered() -> SQL:
    """Return the condition that a person reviewed the record of a decision."""
    return SQL(
        "(person_decision IS NOT NULL OR EXISTS (SELECT FROM retail_sync_non_match non_match WHERE"
        " non_match.connection_id = decision.connection_id AND non_match.remote_object = decision.remote_object"
        " AND non_match.external_id = decision.external_id))"
    )


def _rows(env: Environment, ids: Sequence[int]) -> list[dict[str, Any]]:
    names = (
        "id", "connection_id", "remote_object", "external_id", "title", "decision", "rule", "partner_id", "score",
        "model_version", "evidence", "person_decision", "person_partner_id",
    )  # fmt: skip
    rows = env.execute_query(
        SQL(
            "SELECT %s FROM retail_sync_match_decision WHERE id = ANY(%s) ORDER BY id DESC",
            SQL(", ").join(map(SQL.identifier, names)),
            ids,
        )
    )
    decisions = [dict(zip(names, row, strict=True)) for row in rows]
    for decision in decisions:
        decision.update(version=decision["model_version"], evidence=decision["evidence"] or [])
    return decisions


def _original(row: Mapping[str, Any]) -> Outcome:
    """Return what the engine decided at that time."""
    waterfalls = [candidate["evidence"] for candidate in row["evidence"] if candidate.get("evidence")]
    linked = next((waterfall for waterfall in waterfalls if waterfall["verdict"] == LINK), waterfalls[0])
    best = linked if row["decision"] == LINK else waterfalls[0]
    return Outcome(row["decision"], best["candidate_id"], best["score"])


def _after_merges(outcome: Outcome, successors: Mapping[int, int]) -> Outcome:
    """Return an outcome with a merged candidate replaced by the customer into which it was merged."""
    candidate_id = successors.get(outcome.candidate_id, outcome.candidate_id)
    return Outcome(outcome.kind, candidate_id, outcome.score)


def _answers(env: Environment, rows: Sequence[Mapping[str, Any]]) -> tuple[dict[int, Answer], dict[int, int], set[int]]:
    """Return ({decision id: Answer}, {id of a merged customer: survivor's id}, ids of customers that still exist)."""
    records = {(row["connection_id"], row["remote_object"], row["external_id"]) for row in rows}
    non_matches = defaultdict(set)
    for *record, partner_id in env.execute_query(
        SQL(
            "SELECT non_match.connection_id, non_match.remote_object, non_match.external_id, non_match.partner_id"
            " FROM retail_sync_non_match non_match JOIN unnest(%s::int[], %s::text[], %s::text[])"
            " AS wanted(connection_id, remote_object, external_id) USING (connection_id, remote_object, "
            "external_id)",
            *map(list, zip(*sorted(records), strict=True)),
        )
    ):
        non_matches[tuple(record)].add(partner_id)
    named = {candidate["id"] for row in rows for candidate in row["evidence"]}
    successors = _successors(env, named)
    partners = env["res.partner"].with_context(active_test=False).browse(named | set(successors.values()))
    answers = {}
    for row in rows:
        wrong = non_matches[row["connection_id"], row["remote_object"], row["external_id"]]
        answers[row["id"]] = Answer(
            row["person_partner_id"] if row["person_decision"] == "link" else None,
            frozenset(successors.get(partner_id, partner_id) for partner_id in wrong),
            row["person_decision"] == "create",
        )
    return answers, successors, set(partners.exists().ids)


def _successors(env: Environment, ids: Iterable[int]) -> dict[int, int]:
    env["retail.sync.merge"].flush_model()
    env["retail.sync.merge.line"].flush_model()
    return dict(
        env.execute_query(
            SQL(
                "SELECT line.old_id, merge.res_id FROM retail_sync_merge_line line JOIN retail_sync_merge merge"
                " ON merge.id = line.merge_id WHERE merge.state = 'done' AND merge.res_model = 'res.partner'"
                " AND line.old_id = ANY(%s) ORDER BY merge.id",
                sorted(ids),
            )
        )
    )


def _keep_lines(env: Environment, version: models.BaseModel, lines: Sequence[tuple]) -> None:
    version.line_ids.unlink()
    if lines:
        execute_values(
            env,
            f"INSERT INTO retail_sync_match_replay_line ({', '.join(COLUMNS)}) VALUES %s",
            lines,
            page_size=1000,
        )
    version.invalidate_recordset(["line_ids"])
