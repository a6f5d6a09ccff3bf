"""Identity decisions on labelled sets: precision, recall, what a person is asked, and the time of a decision.

With --data, any folder with a records.csv is decided (or grouped, with --dedupe) and written to --out.
Weights: as shipped for customer records; learnt without labels for the public sets. One set of rules for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from setup.lib.bench import BenchContext
from setup.lib.console import say, table

from .identity import folder, measuring
from .identity.generator import generate
from .identity.labelled import CONTACT_DROPS, LabelledSet, crm_folder, data_folder, fake_1000, febrl, restaurants

# What the best existing tool reached on the set; see SOURCES.md beside the data.
BEST = {
    "febrl1": "splink F1 1.000",
    "febrl1-contact": "dedupe F1 0.995",
    "febrl4": "splink F1 1.000, top-1 1.000",
    "febrl4-nossn": "splink F1 0.9975, top-1 0.9958",
    "febrl4-contact": "splink F1 0.9835, top-1 0.9700",
    "fake_1000": "splink closed F1 0.926, R@P999 0.757",
    "restaurants": "dedupe F1 0.982, top-1 1.000",
    "crm-traps-dev": "splink P 0.826 R 0.933 (persons)",
}
PAGE = 200


def run(ctx: BenchContext) -> dict:
    """All sets, or the folder that was asked for."""
    if ctx.data:
        work = folder.group_folder if ctx.dedupe else folder.decide_folder
        return {"metrics": work(ctx.data, ctx.out or Path("identity.csv"), ctx.say), "bars": []}
    rows: list[list[object]] = []
    bars: list[dict] = []
    metrics: dict[str, object] = {}
    for name, load in _sets(data_folder()).items():
        ctx.say(name)
        started = time.monotonic()
        figures = _measure(load())
        figures["seconds"] = round(time.monotonic() - started, 1)
        metrics.update({f"{name} {title}": value for title, value in figures.items()})
        shown = ("precision", "recall", "f1", "auto_precision", "auto_recall", "recall_with_review", "review_share")
        cells = [f"{figures[title]:.4f}" if title in figures else "" for title in shown]
        rows.append([name, *cells, figures["seconds"], BEST.get(name, "")])
        bars += [
            {"name": f"{name} {title}", "value": figures[title], "op": op, "bar": bar}
            for title, op, bar in BARS.get(name, ())
        ]
    titles = ["set", "P", "R", "F1", "auto P", "auto R", "with review", "review", "s", "best tool"]
    say(table(titles, rows))
    return {"metrics": metrics, "bars": bars}


def _sets(source: Path) -> dict[str, Callable[[], LabelledSet]]:
    """The sets that are there. The generated one always is; the public ones are not in the repository."""
    single_file = (source / "febrl1" / "dataset1.csv",)
    two = (source / "febrl4" / "dataset4a.csv", source / "febrl4" / "dataset4b.csv")
    sets: dict[str, tuple[Path, Callable[[], LabelledSet]]] = {
        "febrl1": (single_file[0], lambda: febrl("febrl1", single_file)),
        "febrl1-contact": (single_file[0], lambda: febrl("febrl1-contact", single_file, CONTACT_DROPS)),
        "febrl4": (two[0], lambda: febrl("febrl4", two)),
        "febrl4-nossn": (two[0], lambda: febrl("febrl4-nossn", two, CONTACT_DROPS[:1])),
        "febrl4-contact": (two[0], lambda: febrl("febrl4-contact", two, CONTACT_DROPS)),
        "fake_1000": (source / "fake_1000", lambda: fake_1000(source / "fake_1000" / "fake_1000.csv")),
        "restaurants": (source / "restaurants", lambda: restaurants(source / "restaurants")),
        "crm-traps-dev": (source / "crm-traps-dev", lambda: crm_folder(source / "crm-traps-dev")),
    }
    found = {name: load for name, (path, load) in sets.items() if path.exists()}
    found["generated"] = lambda: generate(seed=11)
    return found


def _measure(data: LabelledSet) -> dict[str, float]:
    customers = bool(data.trap)
    model = measuring.shipped_model(data) if customers else measuring.trained_model(data)
    figures: dict[str, float] = {}
    truth = data.true_pairs()
    if not customers:
        pairs = measuring.score_pairs(data, model)
        over = {(min(p.left, p.right), max(p.left, p.right)) for p in pairs if p.score >= model.match}
        chosen = measuring.one_to_one(pairs, model.match) if data.arriving else over
        if data.name == "fake_1000":
            chosen = measuring.closed(measuring.groups_of(pairs, model))
            figures["recall_at_p999"] = measuring.recall_at_precision(pairs, truth, 0.999)
        figures.update(zip(("precision", "recall", "f1"), measuring.precision_recall(chosen, truth), strict=True))
    if data.arriving:
        arrivals = measuring.decide_arrivals(data, model)
        figures.update(measuring.count_arrivals(data, arrivals))
    if data.sources:
        figures["decision_p95_ms"] = 1000 * measuring.percentile(measuring.time_decisions(data, model), 0.95)
        processor = measuring.time_decisions(data, model, clock=time.thread_time)
        figures["decision_cpu_p95_ms"] = 1000 * measuring.percentile(processor, 0.95)
        figures["prepare_us"] = 1e6 * measuring.time_prepare(data)
        pages = range(0, len(arrivals.seconds), PAGE)
        figures["page_ms"] = 1000 * max(sum(arrivals.seconds[start : start + PAGE]) for start in pages)
    return {name: round(value, 4) for name, value in figures.items()}


_CRM_BARS = (
    ("auto_precision", ">=", 0.999),
    ("auto_recall", ">=", 0.90),
    ("recall_with_review", ">=", 0.999),
    ("review_share", "<=", 0.15),
    ("new_linked", "<=", 0),
    ("new_created", ">=", 0.99),
    ("decision_p95_ms", "<", 2),
    ("page_ms", "<", 1000),
    ("prepare_us", "<=", 100),
)


def _febrl4_bars(top: float, f1: float, recall: float) -> tuple[tuple[str, str, float], ...]:
    automatic = (("auto_precision", ">=", 1.0), ("auto_recall", ">=", recall))
    return ("top1", ">=", top), ("f1", ">=", f1), *automatic


BARS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "febrl1": (("f1", ">=", 1.0),),
    "febrl1-contact": (("f1", ">=", 0.995),),
    "febrl4": _febrl4_bars(1.0, 1.0, 0.99),
    "febrl4-nossn": _febrl4_bars(0.9995, 0.998, 0.97),
    "febrl4-contact": _febrl4_bars(0.992, 0.985, 0.95),
    "fake_1000": (("f1", ">=", 0.93), ("precision", ">=", 0.99), ("recall_at_p999", ">=", 0.76)),
    "restaurants": (("f1", ">=", 0.99), ("top1", ">=", 1.0), ("auto_precision", ">=", 1.0), ("auto_recall", ">=", 0.9)),
    "crm-traps-dev": _CRM_BARS,
    "generated": _CRM_BARS,
}
