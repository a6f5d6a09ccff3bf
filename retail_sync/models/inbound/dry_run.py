"""What a first load would do, counted before anything is written."""

from collections import Counter
from typing import Any

from odoo import models
from odoo.api import Environment

from ...runtime import environment
from ...runtime.transactions import run_separately
from ..links import erased_record
from ..links.dry_run_record import DryRun
from ..mapping import sensitivity
from ..mapping.item import Outcome, Reconciled
from ..reconcile import forecast, pipeline, references, resolve

SAMPLES = 5  # per outcome or effect, and page; the run keeps a few more of them all


def process(env: Environment, page: models.BaseModel, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Decide about a page as a load would, after what the pages before it would have done; write no customer.

    Written are the report of this run, and what it has decided, for the pages that follow. Call it page by page.

    :return: {counter: int}: n_linked, n_created, n_review, n_failed are "would" counts
    """
    run, stream = page.run_id, page.stream_id
    sync_env = environment.of_connection(env, stream.connection_id)
    stream = stream.with_env(sync_env)
    rows, erased = erased_record.leave_out(sync_env, stream, rows, look=True)
    dry = DryRun(sync_env, run)
    # A record that is edited while the load reads is read twice.
    known = dry.known(stream, [stream._adapter().row_key(stream, row)[0] for row in rows])
    items = pipeline.decode(stream, [row for row in rows if stream._adapter().row_key(stream, row)[0] not in known])
    pipeline.load_links(sync_env, stream, items)
    pipeline.keep_former_readings(stream, items)
    pipeline.drop_unchanged(sync_env, stream, items, force=False)
    for item in items:
        if item.outcome is Outcome.unchanged:
            # A load would not look at it. What Odoo would send of it is counted nevertheless.
            item.outcome, item.res_id = Outcome.undecided, None
    ended = [Reconciled.of(item) for item in items if item.outcome]
    undecided = [item for item in items if not item.outcome]
    references.resolve(sync_env, stream, undecided, dry)
    resolved = resolve.resolve(sync_env, stream, undecided, dry=dry)
    compared, ctx = forecast.forecast(sync_env, stream, resolved)
    forecast.note(dry, stream, compared, ctx)
    report = _Report(stream, run, ctx)
    if erased:
        report.counters["n_excluded"] = erased
    for item in [*ended, *compared]:
        report.add(item)
    report.store(env)
    page.write({"samples": report.masked, "unknown": stream._entity()._unknown_values(compared, ctx)})
    return report.counters


def finish(env: Environment, run: models.BaseModel) -> None:
    """Join what the pages of a dry run found; note the values that Odoo does not know."""
    env["retail.sync.dry.run.line"].sudo()._fold(run)
    unknown: dict[str, Counter[str]] = {}
    for page in run.sudo().page_ids:
        for kind, counts in (page.unknown or {}).items():
            unknown.setdefault(kind, Counter()).update(counts)
    # Dry runs of two streams may end at the same time, with the same unknown owner.
    run_separately(env, _note_unknown, run.stream_id, {kind: dict(counts) for kind, counts in unknown.items()})


def _note_unknown(tx: Environment, stream: models.BaseModel, unknown: dict[str, dict[str, int]]) -> None:
    stream._entity()._note_unknown(stream, unknown)


def forget(env: Environment, streams: models.BaseModel) -> None:
    """Drop the reports of former dry runs of these streams: they hold samples of personal data."""
    runs = env["retail.sync.run"].sudo().search([("stream_id", "in", streams.ids), ("kind", "=", "dry")])
    env["retail.sync.dry.run.line"].sudo().search([("run_id", "in", runs.ids)]).unlink()
    env["retail.sync.dry.run.sample"].sudo().search([("run_id", "in", runs.ids)]).unlink()
    env["retail.sync.dry.run.record"].sudo()._drop(runs)


# What a decision leads to.
BECOMES = {Outcome.link: "linked", Outcome.create: "created", Outcome.undecided: "unchanged"}


class _Report:
    """The counts and samples of one page."""

    def __init__(self, stream: models.BaseModel, run: models.BaseModel, ctx: dict[str, Any]) -> None:
        self.stream, self.run, self.ctx = stream, run, ctx
        self.counters: dict[str, int] = {}
        self.masked: dict[str, list[dict[str, Any]]] = {}
        self._classes = sensitivity.Sensitivities(stream.env, stream.connection_id, stream.entity)
        self._titled = sensitivity.title_masker(stream.env, stream)
        self._columns = sensitivity.of_stream(stream.env, stream)
        self._lines: Counter[tuple[str, ...]] = Counter()
        self._samples: list[dict[str, Any]] = []
        self._kept: Counter[Any] = Counter()

    def add(self, item: Reconciled) -> None:
        outcome = BECOMES.get(item.outcome, item.outcome.value)
        self.counters[f"n_{outcome}"] = self.counters.get(f"n_{outcome}", 0) + 1
        title = self.stream._entity()._title_of(item.main)
        why = item.fault.message if item.fault else item.reason
        why = sensitivity.text_about(why or "", payload=item.incoming.payload, classes=self._columns)
        if self._keep(outcome):
            self.masked.setdefault(outcome, []).append(
                {
                    "key": item.incoming.external_id,
                    "name": self._titled(title),
                    "email": self._classes.masked(item.main.get("email"), "email"),
                    "why": why,
                }
            )
            self._sample(item, outcome, {"title": title}, why=why)
        for (side, part), found in forecast.effects_of(self.stream, item, self.ctx).items():
            for effect in found:
                key = (side, effect.effect, effect.field, part)
                self._lines[key] += 1
                if self._keep(key):
                    values = {"title": title, "before": effect.before, "after": effect.after}
                    where = {"side": side, "effect": effect.effect, "field": effect.field, "part": part}
                    self._sample(item, outcome, values, **where)

    def _keep(self, key: Any) -> bool:
        self._kept[key] += 1
        return self._kept[key] <= SAMPLES

    def _sample(self, item: Reconciled, outcome: str, values: dict[str, Any], **more: Any) -> None:
        self._samples.append(
            {
                "run_id": self.run.id,
                "outcome": outcome,
                "external_id": item.incoming.external_id,
                "res_model": self.stream._entity()._res_model,
                "res_id": item.linked_id or False,
                "values": values,
                **more,
            }
        )

    def store(self, env: Environment) -> None:
        """Write the report of the page."""
        env["retail.sync.dry.run.line"].sudo().create(
            [
                {"run_id": self.run.id, "side": side, "effect": effect, "field": field, "part": part, "count": count}
                for (side, effect, field, part), count in self._lines.items()
            ]
        )
        env["retail.sync.dry.run.sample"].sudo().create(self._samples)
