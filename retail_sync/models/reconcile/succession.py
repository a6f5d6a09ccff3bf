"""Merges on the platform whose winner Odoo does not know: the winner takes the loser's place."""

from odoo import fields, models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ..mapping import write_guard
from ..runs import refresh_queue

# What a link keeps when another record takes its place: what both sides agree on. What was read of it is outdated.
INHERITED = ("part", "res_model", "res_id", "is_primary", "base", "archived_by_sync")


def last_winners(merged: list[tuple[models.BaseModel, str]]) -> list[tuple[models.BaseModel, str]]:
    """Return (losers, winner) of merges, with the record that is left where a winner was merged in its turn."""
    next_of = {losers[:1].external_id: winner for losers, winner in merged}
    found = []
    for losers, winner in merged:
        seen = {losers[:1].external_id}
        while winner in next_of and winner not in seen:
            seen.add(winner)
            winner = next_of[winner]
        found.append((losers, winner))
    return found


def succeed(env: Environment, stream: models.BaseModel, losers: models.BaseModel, winner_id: str) -> models.BaseModel:
    """Link the record that lives in place of the one that was merged into it; return its main link.

    Its values are read next, and compared with what was agreed on with the loser. A review of who it is closes with
    that.

    :param losers: all links, one per part, of the record that lost
    :raises FaultError: no platform may link to one of the records
    """
    write_guard.check_protected(stream._entity(), losers.mapped("res_id"))
    link_model = env["retail.sync.link"]
    now = fields.Datetime.now()
    key = {
        "connection_id": stream.connection_id.id,
        "remote_object": stream.remote_object,
        "role": stream.role,
        "external_id": winner_id,
    }
    link_model.search([(name, "=", value) for name, value in key.items()]).unlink()
    main = losers.filtered(lambda link: link.part == PART_MAIN)
    taken = [{name: link[name] for name in INHERITED} for link in losers.sudo()]
    losers.write({"is_primary": False, "state": "deleted", "deleted_at": now})
    main.write({"state": "merged", "reason": env._("Merged on the platform: it goes on as %s", winner_id)})
    # Only one link of a record is primary, at any moment.
    link_model.flush_model()
    created = link_model.create(
        [
            {
                **key,
                **values,
                "stream_id": stream.id,
                "rule": "succession",
                "reason": env._("%s was merged into it on the platform", main[:1].external_id),
                "linked_at": now,
            }
            for values in taken
        ]
    )
    refresh_queue.enqueue_ids(env, stream, [winner_id], "standard")
    return created.filtered(lambda link: link.part == PART_MAIN)
