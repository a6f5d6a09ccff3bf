"""Past decisions under other weights: what would change, and how it compares with what people said."""

from collections import Counter, defaultdict

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.decision import LINK
from ...domain.identity.learn.replay import WRONG_LINK, Answer, Outcome, judge, rates, replay
from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...runtime.sql import execute_values

# Decisions that are replayed: the latest, and the latest of those that people answered.
LAST = 5000
STEP = 500
# Records named where an activation is refused.
NAMED = 5
COLUMNS = (
    "model_id", "decision_id", "then_kind", "now_kind", "then_score", "now_score", "partner_id", "verdict",
)  # fmt: skip


def replay_decisions(env: Environment, version, last=LAST):
    """Replay past decisions under a version; keep the counts on it, and as lines each decision that changes."""
    version = version.sudo()
    model, formers = version._model(), _formers(env)
    latest = set(_latest(env, last))
    answered = set(_latest(env, last, SQL("WHERE %s", _is_answered())))
    moves, then, now, lines, wrong = Counter(), Counter(), Counter(), [], []
    skipped = others = 0
    wanted = sorted(latest | answered, reverse=True)
    for start in range(0, len(wanted), STEP):
        rows = _rows(env, wanted[start : start + STEP])
        answers, successors, there = _answers(env, rows)
        for row in rows:
            outcome = replay(row["decision"], row["rule"], row["evidence"], model, formers.get(row["version"]))
            if outcome is None:
                skipped += 1
                continue
            before, after = (_followed(one, successors) for one in (_then(row), outcome))
            if row["id"] in latest:
                moves[before.kind, after.kind] += 1
            answer = answers[row["id"]]
            verdict = judge(after, answer)
            if answer:
                for counts, one in ((then, before), (now, after)):
                    counts[judge(one, answer)] += 1
                    counts["answered"] += 1
                    counts["known"] += answer.right is not None
            moved = before.kind != after.kind or (after.kind == LINK and before.candidate_id != after.candidate_id)
            if verdict == WRONG_LINK:
                wrong.append({"title": row["title"] or row["external_id"], "score": after.score})
            others += moved and row["id"] in latest
            if moved or verdict == WRONG_LINK:
                partner_id = after.candidate_id if after.candidate_id in there else None
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
                "moves": [{"then": one, "now": two, "count": count} for (one, two), count in sorted(moves.items())],
                "then": {**then, **rates(then)},
                "now": {**now, **rates(now)},
                "wrong_count": len(wrong),
                "wrong": sorted(wrong, key=lambda one: -one["score"])[:NAMED],
            },
        }
    )
    return version.replay


def _formers(env: Environment):
    """Return {version: Model} of all weights that decisions were made by."""
    found = {version.version: version._model() for version in env["retail.sync.match.model"].search([])}
    return {DEFAULT_MODEL.version: DEFAULT_MODEL, **found}


def _latest(env: Environment, most, where=None):
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


def _is_answered():
    return SQL(
        "(person_decision IS NOT NULL OR EXISTS (SELECT FROM retail_sync_non_match apart WHERE"
        " apart.connection_id = decision.connection_id AND apart.remote_object = decision.remote_object"
        " AND apart.external_id = decision.external_id))"
    )


def _rows(env: Environment, ids):
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
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        row.update(version=row["model_version"], evidence=row["evidence"] or [])
    return found


def _then(row):
    """Return what was decided."""
    falls = [one["evidence"] for one in row["evidence"] if one.get("evidence")]
    chosen = next((fall for fall in falls if fall["verdict"] == LINK), falls[0])
    best = chosen if row["decision"] == LINK else falls[0]
    return Outcome(row["decision"], best["candidate_id"], best["score"])


def _followed(outcome, successors):
    """A customer that was merged since is who it became part of."""
    candidate_id = successors.get(outcome.candidate_id, outcome.candidate_id)
    return Outcome(outcome.kind, candidate_id, outcome.score)


def _answers(env: Environment, rows):
    """Return ({decision id: Answer}, {former id: survivor's id}, ids of customers that are there)."""
    records = {(row["connection_id"], row["remote_object"], row["external_id"]) for row in rows}
    non_matches = defaultdict(set)
    for *record, partner_id in env.execute_query(
        SQL(
            "SELECT apart.connection_id, apart.remote_object, apart.external_id, apart.partner_id"
            " FROM retail_sync_non_match apart JOIN unnest(%s::int[], %s::text[], %s::text[])"
            " AS wanted(connection_id, remote_object, external_id) USING (connection_id, remote_object, "
            "external_id)",
            *map(list, zip(*sorted(records), strict=True)),
        )
    ):
        non_matches[tuple(record)].add(partner_id)
    named = {one["id"] for row in rows for one in row["evidence"]}
    successors = _successors(env, named)
    there = env["res.partner"].with_context(active_test=False).browse(named | set(successors.values()))
    answers = {}
    for row in rows:
        wrong = non_matches[row["connection_id"], row["remote_object"], row["external_id"]]
        answers[row["id"]] = Answer(
            row["person_partner_id"] if row["person_decision"] == "link" else None,
            frozenset(successors.get(one, one) for one in wrong),
            row["person_decision"] == "create",
        )
    return answers, successors, set(there.exists().ids)


def _successors(env: Environment, ids):
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


def _keep_lines(env: Environment, version, lines):
    version.line_ids.unlink()
    if lines:
        execute_values(
            env,
            f"INSERT INTO retail_sync_match_replay_line ({', '.join(COLUMNS)}) VALUES %s",
            lines,
            page_size=1000,
        )
    version.invalidate_recordset(["line_ids"])
