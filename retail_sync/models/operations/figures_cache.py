"""Answers of the overview that several browsers share: computed once per version of the figures."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from odoo.api import Environment

from . import record_fold

# What an answer shows besides the figures, such as the name of a cause, may be so old.
SECONDS = 30
ENTRIES = 64
# What an answer depends on: what the user's record rules say of these models, and of the business records.
MODELS = (
    "retail.sync.connection",
    "retail.sync.stream",
    "retail.sync.link",
    "retail.sync.message",
    "retail.sync.record.status",
)

# {key: (time, answer)}, the oldest first. One per process: a worker computes an answer at most once per version.
_answers: OrderedDict[tuple[Any, ...], tuple[float, Any]] = OrderedDict()


def shared(env: Environment, name: str, of: Any, compute: Callable[[], Any]) -> Any:
    """Return compute(), or the answer that was computed for the same version, record rules and language.

    :param of: further values that the answer depends on
    """
    number, _at = record_fold.version(env)
    key = (env.cr.dbname, name, number, of, env.lang, _visible(env))
    now = time.monotonic()
    if (found := _answers.get(key)) and now - found[0] < SECONDS:
        return found[1]
    answer = compute()
    _answers[key] = (now, answer)
    _answers.move_to_end(key)
    while len(_answers) > ENTRIES:
        _answers.popitem(last=False)
    return answer


def _visible(env: Environment) -> tuple[str, ...]:
    """Return what tells users apart of whom one may see what another may not."""
    # Rules of records that no stream is about make no answer another one: some name the user.
    streams = env["retail.sync.stream"].sudo().with_context(active_test=False)
    entities = env["retail.sync.entity"]._all()
    used = {entities[name]._res_model for (name,) in streams._read_group([], ["entity"]) if name in entities}
    models = (*MODELS, *sorted(filter(None, used)))
    if env.su:
        return ("su",)
    rules = env["ir.rule"]
    return tuple(repr(rules._compute_domain(name, "read")) if env[name].has_access("read") else "" for name in models)
