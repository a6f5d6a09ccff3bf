"""Repair of differences by the ways that values take anyway: a refresh, or a message with the changed names."""

import time
from collections import defaultdict
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.comparison.classify import Kind
from ...runtime import rights
from ...runtime.rights import Role
from ..outbox import router
from ..runs import refresh_queue

# What may archive a record, or give up a link: shown with counts before it is done.
DESTRUCTIVE = (Kind.orphan.value,)


def needs_preview(differences: models.BaseModel) -> bool:
    """Return whether a repair may change more than values: archive a record here, or end a link."""
    return any(
        difference.kind in DESTRUCTIVE or (difference.kind == Kind.missing_there.value and difference.external_id)
        for difference in differences
    )


def preview(env: Environment, differences: models.BaseModel) -> dict[str, Any]:
    """Return the dialog that says how many records a repair changes, and how."""
    wizard = env["retail.sync.comparison.repair"].create({"difference_ids": [(6, 0, differences.ids)]})
    return {
        "type": "ir.actions.act_window",
        "name": env._("Repair differences"),
        "res_model": wizard._name,
        "res_id": wizard.id,
        "views": [(False, "form")],
        "target": "new",
    }


def repair(env: Environment, differences: models.BaseModel) -> None:
    """Queue what repairs open differences, in the bulk lane. The ownership rules decide, as for any change."""
    su = env(su=True)
    todo = (
        rights.require(differences, Role.steward).with_env(su).filtered(lambda difference: difference.state == "open")
    )
    for stream, group in todo.grouped("stream_id").items():
        _repair_stream(su, stream, group)
    todo.write({"state": "repairing"})


def _repair_stream(env: Environment, stream: models.BaseModel, differences: models.BaseModel) -> None:
    sent = stream._outbound_fields()
    entity = stream._entity()
    refresh, wanted = set(), []
    now = int(time.time() * 1000)
    times: dict[int, int] = defaultdict(lambda: now)
    records = (
        env[entity._res_model]
        .with_context(active_test=False)
        .browse([difference.res_id for difference in differences if difference.res_id])
        .exists()
    )
    if "write_date" in records._fields:
        times.update({record.id: int(record.write_date.timestamp() * 1000) for record in records if record.write_date})
    for difference in differences:
        names = entity._expand_names((difference.names or "").split(",")) if difference.names else set()
        if not difference.external_id:
            wanted.append((difference.res_id, "create", {}, 1))
        elif difference.kind == Kind.changed_by_hand.value and names & sent:
            wanted.append(
                (difference.res_id, "write", dict.fromkeys(sorted(names & sent), times[difference.res_id]), 1)
            )
        else:
            refresh.add(difference.external_id)
    router.enqueue(env, stream, wanted, lane="bulk")
    refresh_queue.enqueue_ids(env, stream, sorted(refresh), lane="bulk")
