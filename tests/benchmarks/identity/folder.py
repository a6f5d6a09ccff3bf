"""Any folder of records: each arrival decided, or all of them grouped, and written as CSV. Labels only make figures."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from retail_sync.domain.identity.decide.clustering import ScoredPair

from . import measuring
from .labelled import crm_folder

SUGGESTIONS = 3


def decide_folder(folder: Path, out: Path, say: Callable[[str], None]) -> dict[str, float]:
    """Decide each record of another source than "odoo" alone against those of "odoo"; one row each in ``out``."""
    data = crm_folder(folder)
    arrivals = measuring.decide_arrivals(data, measuring.shipped_model(data))
    rows = []
    for record_id, decision in arrivals.decisions.items():
        chosen = decision.candidate_id or ""
        named = list(dict.fromkeys([*([chosen] if chosen else []), *decision.suggestions]))[:SUGGESTIONS]
        best = next((fall for fall in decision.waterfalls if fall.candidate_id == chosen), None)
        best = best or (decision.waterfalls[0] if decision.waterfalls else None)
        score = best.score / 100 if best else ""
        rows.append([record_id, decision.kind, chosen, score, *named, *[""] * (SUGGESTIONS - len(named))])
    titles = [f"suggestion_{number + 1}" for number in range(SUGGESTIONS)]
    _write(out, ["record_id", "decision", "matched_record_id", "score", *titles], rows)
    say(f"{len(rows)} decisions in {out}")
    metrics: dict[str, float] = {"arrivals": len(rows), "base": len(data.base)}
    metrics["decision p95 (ms)"] = round(measuring.percentile(arrivals.seconds, 0.95) * 1000, 2)
    if data.entity:
        counted = measuring.count_arrivals(data, arrivals)
        metrics.update({name: round(value, 4) for name, value in counted.items() if name != "top1"})
    return metrics


def group_folder(folder: Path, out: Path, say: Callable[[str], None]) -> dict[str, float]:
    """Group all records of ``folder``: ``out`` has each record's group, and beside it are the scored pairs."""
    data = crm_folder(folder, dedupe=True)
    model = measuring.trained_model(data)
    pairs = measuring.score_pairs(data, model)
    groups = measuring.groups_of(pairs, model)
    group_of = {record: group.members[0] for group in groups for record in group.members}
    rows = ([record.id, group_of.get(record.id, record.id)] for record in data.base)
    _write(out, ["record_id", "cluster_id"], rows)
    scored = ([pair.left, pair.right, pair.score / 100, _remark(pair)] for pair in pairs)
    beside = out.with_suffix(".pairs.csv")
    _write(beside, ["record_id_1", "record_id_2", "score", "remark"], scored)
    say(f"{len(data.base)} records in {out}, {len(pairs)} pairs in {beside}")
    metrics: dict[str, float] = {"records": len(data.base), "pairs": len(pairs), "groups": len(groups)}
    if data.entity:
        names = ("closed_precision", "closed_recall", "closed_f1")
        figures = measuring.precision_recall(measuring.closed(groups), data.true_pairs())
        metrics.update({name: round(value, 4) for name, value in zip(names, figures, strict=True)})
    return metrics


def _remark(pair: ScoredPair) -> str:
    return "different" if pair.vetoed else "" if pair.joins else "ask"


def _write(path: Path, titles: list[str], rows: Iterable[list]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(titles)
        writer.writerows(rows)
