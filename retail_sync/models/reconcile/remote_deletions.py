"""Records that were deleted or merged on the platform. Odoo deletes nothing because of it.

What became of records that are missing.
"""

from collections.abc import Collection

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...adapter.values import DeletedRef
from ...domain.canonical.entity_spec import Effect
from ...domain.canonical.schema import PART_MAIN
from ...runtime import environment
from ...runtime.constants import OPEN_MESSAGE_STATES
from ...runtime.halving import halve
from ..exceptions import exception_queue
from ..exceptions.subject import of_record, records_domain
from ..links import erased_record, lookups
from ..mapping import write_guard
from ..mapping.entity import ARCHIVING, KEEPING
from ..merge import to_platform
from . import apply, consequences, succession


def apply_deletions(env: Environment, stream: models.BaseModel, refs: Collection[DeletedRef]) -> int:
    """Take in a list of DeletedRef with known winners; return how many records that concerned.

    A deletion that was seen already changes nothing, so overlapping windows are harmless.
    """
    if not refs:
        return 0
    with env["retail.sync.capture"]._origin(stream.connection_id):
        since = consequences.begin(env)
        count = _apply_all_deletions(env, stream, refs)
        sync_env = environment.of_connection(env, stream.connection_id)
        consequences.raise_found(sync_env, stream.with_env(sync_env), [], since)
        return count


def _apply_all_deletions(env: Environment, stream: models.BaseModel, refs: Collection[DeletedRef]) -> int:
    connection = stream.connection_id
    sync_env = environment.of_connection(env, connection)
    erased_record.note_gone(env, stream, [ref.external_id for ref in refs])
    links = sync_env["retail.sync.link"].search(
        [
            ("connection_id", "=", connection.id),
            ("remote_object", "=", stream.remote_object),
            ("role", "=", stream.role),
            ("external_id", "in", [ref.external_id for ref in refs]),
        ]
    )
    by_id = links.grouped("external_id")
    gone, merged = links.browse(), []
    for ref in refs:
        found = by_id.get(ref.external_id, links.browse()).filtered(
            lambda link: link.state not in ("deleted", "merged", "excluded")
        )
        if not found:
            continue
        if ref.winner and ref.winner != ref.external_id:
            merged.append((found, ref.winner))
        else:
            gone |= found
    # First, since a deletion that Odoo refuses opens a message of its own.
    env["retail.sync.message"].sudo().search(
        [
            ("stream_id", "=", stream.id),
            *records_domain(ref.external_id for ref in refs),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
            # A task about a merge that is found again stays the one that a person works on.
            ("kind", "!=", "merge"),
        ]
    )._resolve(env._("Deleted or merged on the platform"))
    to_platform.close_tasks(
        env, connection, [ref.external_id for ref in refs], env._("Deleted or merged on the platform")
    )
    _delete(sync_env, stream, gone)
    _merge(sync_env, stream, merged)
    return len(set(gone.mapped("external_id"))) + len(merged)


def _delete(env: Environment, stream: models.BaseModel, links: models.BaseModel) -> None:
    """Note that records were deleted, and apply the effect that their entity declares."""
    if not links:
        return
    entity = stream.with_env(env)._entity()
    effect = entity._deletion_effect(stream)
    ended = links.browse()
    if effect is Effect.refuse:
        for link in links.filtered(lambda link: link.is_primary and link.part == PART_MAIN):
            note_refusal(
                env,
                stream,
                link,
                UserError(env._("The record was deleted on the platform. The record in Odoo is kept.")),
            )
    elif effect not in KEEPING:
        ended = _end(env, stream, entity, links.filtered("is_primary"), effect)
    now = fields.Datetime.now()
    (links - ended).write({"state": "deleted", "deleted_at": now})
    ended.write({"state": "deleted", "deleted_at": now, "archived_by_sync": effect in ARCHIVING})


def _end(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, links: models.BaseModel, effect: Effect
) -> models.BaseModel:
    """Do to the records of links what their deletion means; return the links whose records were changed.

    One call for all; only when Odoo refuses it, they are halved, so that the one that must stay does not keep the
    others.
    """
    records = entity._model().browse(links.mapped("res_id")).exists()
    records -= entity._ended(records)
    refused: dict[int, Exception] = dict(write_guard.refused(entity, stream.connection_id, records.ids))
    records -= records.browse(refused)

    def attempt(part):
        try:
            with env.cr.savepoint():
                entity._end_records(part, effect)
        except Exception as error:
            apply.reraise_technical(error)
            raise

    halve(records, attempt, lambda record, error: refused.setdefault(record.id, error), passes_on=apply.is_technical)
    done = links.filtered(lambda link: link.res_id in records.ids and link.res_id not in refused)
    for link in links.filtered(lambda link: link.res_id in refused and link.part == PART_MAIN):
        note_refusal(env, stream, link, refused[link.res_id])
    return done


def note_refusal(env: Environment, stream: models.BaseModel, link: models.BaseModel, error: Exception) -> None:
    """Open an exception: Odoo refused the deletion or merge that the platform made."""
    fault = apply.as_fault(error)
    code = fault.code if fault.code == write_guard.PROTECTED else "DELETE_REFUSED"
    exception_queue.technical(
        env, stream.connection_id, code, fault.message, of_record(link.external_id), stream=stream
    ).write({"res_model": link.res_model, "res_id": link.res_id, "team": "business"})


def _merge(env: Environment, stream: models.BaseModel, merged: list[tuple[models.BaseModel, str]]) -> None:
    """Make the losers secondary links of the records of their winners.

    The entity may follow the merge in its own way. Where it does not, the loser's record ends as a deleted one does,
    and what depends on it goes to the winner's, as it did on the platform; documents stay where they are.
    A winner that Odoo does not know takes the loser's place, and so does a further record of the loser's own: a person
    may have linked it before the merge was known.
    """
    if not merged:
        return
    merged = succession.last_winners(merged)
    winners = {
        link.external_id: link
        for link in env["retail.sync.link"].search(
            [
                ("connection_id", "=", stream.connection_id.id),
                ("remote_object", "=", stream.remote_object),
                ("role", "=", stream.role),
                ("external_id", "in", list({winner for _found, winner in merged})),
                ("part", "=", PART_MAIN),
                ("state", "!=", "excluded"),
            ]
        )
    }
    model = stream.with_env(env)._entity()._model()
    there = set(model.browse([link.res_id for link in winners.values()]).exists().ids)
    for losers, winner_id in merged:
        winner = winners.get(winner_id)
        try:
            with env.cr.savepoint():
                if winner and winner.res_id in there and not _is_second_of(winner, losers):
                    merge_into(env, stream, losers, winner)
                else:
                    # Out of scope, not read yet, under review, or deleted in Odoo.
                    winners[winner_id] = succession.succeed(env, stream, losers, winner_id)
                    there.update(model.browse(winners[winner_id].res_id).exists().ids)
        except Exception as error:
            apply.reraise_technical(error)
            losers.write({"state": "deleted", "deleted_at": fields.Datetime.now()})
            note_refusal(env, stream, losers.filtered(lambda link: link.part == PART_MAIN)[:1], error)


def _is_second_of(winner: models.BaseModel, losers: models.BaseModel) -> bool:
    """Return whether a winner is a further record of what the loser is the first of."""
    first = losers.filtered(lambda link: link.part == PART_MAIN and link.is_primary)
    return not winner.is_primary and winner.res_id in first.mapped("res_id")


def merge_into(env: Environment, stream: models.BaseModel, losers: models.BaseModel, winner: models.BaseModel) -> None:
    """Make one loser (its links, all parts) a secondary link of a winner's record."""
    entity = stream.with_env(env)._entity()
    model = entity._model()
    main = losers.filtered(lambda link: link.part == PART_MAIN)
    parts = losers - main
    # A loser that is a secondary link leaves its record as it is.
    old = model.browse(main.filtered("is_primary").mapped("res_id")).exists()
    old = old.filtered(lambda record: record.id != winner.res_id)
    if old and entity._follow_merge(stream, losers, winner):
        return
    write_guard.check_protected(entity, [winner.res_id, *losers.mapped("res_id")])
    if old:
        survivor = model.browse(winner.res_id)
        entity._hand_over(stream, old, survivor, parts.mapped("res_id"))
        effect = entity._merge_effect()
        if effect not in KEEPING:
            _end(env, stream, entity, losers, effect)
        for record in old if hasattr(old, "message_post") else ():
            record.message_post(body=env._("Merged on the platform into %s.", f"#{survivor.id}"))
        _secondary_links_of(env, stream, old).write({"res_id": winner.res_id})
    now = fields.Datetime.now()
    main.write(
        {
            "res_id": winner.res_id,
            "is_primary": False,
            "state": "merged",
            "deleted_at": now,
            "reason": env._("Merged into %s", winner.external_id),
        }
    )
    parts.write({"state": "deleted", "deleted_at": now})
    _promote(winner)


def _promote(winner: models.BaseModel) -> None:
    """The platform kept the record that had a secondary link here: that is the primary link now."""
    held = lookups.primary_links(winner.env, winner.connection_id, winner.res_model, [winner.res_id], role=winner.role)
    if not winner.is_primary and not held:
        winner.write(
            {
                "is_primary": True,
                "state": "in_sync",
                "carries_our_id": False,
                "content_hash": False,
                "raw_hash": False,
            }
        )


def _secondary_links_of(env: Environment, stream: models.BaseModel, records: models.BaseModel) -> models.BaseModel:
    """Return the links of records that were merged into these before."""
    return env["retail.sync.link"].search(
        [
            ("connection_id", "=", stream.connection_id.id),
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("role", "=", stream.role),
            ("is_primary", "=", False),
        ]
    )


def resolve_missing(stream: models.BaseModel, missing: list[str]) -> list[DeletedRef]:
    """Ask the platform what became of records; return DeletedRefs."""
    now = fields.Datetime.to_string(fields.Datetime.now())
    return stream._adapter().resolve_deleted(stream, [DeletedRef(external_id, now) for external_id in missing])


def apply_missing(env: Environment, stream: models.BaseModel, refs: list[DeletedRef], run: models.BaseModel) -> None:
    """Note what the platform said of records that it did not show.

    A record that was removed for good and one that is hidden from our user look the same.
    Ending a record because of a sharing rule would be wrong, so doubt changes none.
    """
    run.n_deleted += apply_deletions(env(su=True), stream, [ref for ref in refs if ref.confirmed])
    env["retail.sync.link"].sudo()._not_visible(
        stream,
        [ref.external_id for ref in refs if not ref.confirmed],
        env._(
            "Not found on the platform: removed for good, or hidden from the user of %s",
            stream.connection_id.name,
        ),
    )
