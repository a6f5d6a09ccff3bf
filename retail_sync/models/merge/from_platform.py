"""Handle merges that users of a platform made: merge in Odoo too, ask a person, or leave the customers as they are."""

from collections.abc import Iterable

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...runtime import error_texts
from ...runtime.constants import QUIET
from ..customer import internal_partners
from ..exceptions import exception_queue
from ..exceptions.subject import of_remote_merge
from ..runs import refresh_queue
from . import links as link_steps
from . import session

# Seconds until a merge is tried again after it met a delivery of one of its customers.
RETRY_DELAY = 10


def follow(env: Environment, stream: models.BaseModel, losers: models.BaseModel, winner: models.BaseModel) -> bool:
    """Handle a record that the platform merged into another one, where the two records are two customers in Odoo.

    :param losers: all links (one per part) of the record that lost
    :param winner: the main link of the record that remains
    :return: False when the connection only archives the losing customer; the caller does that
    """
    handling = stream.connection_id.remote_merge_handling
    if handling == "secondary":
        return False
    if _touches_internal(env, losers, winner):
        _ask(env, stream, losers, winner, internal_partners.reason(env))
        return True
    if handling == "ask":
        _ask(env, stream, losers, winner)
        return True
    try:
        with env.cr.savepoint():
            _merge(env, losers, winner)
    except link_steps.BeingSent:
        # The delivery that discovered the merge may be the delivery that blocks it, so that delivery must end first.
        _follow_later(env, stream, losers.mapped("external_id"))
    except UserError as error:
        # Two logins, or a parent and its contact: only a person can resolve such a case.
        _ask(env, stream, losers, winner, error_texts.of_error(error))
    return True


def _touches_internal(env: Environment, losers: models.BaseModel, winner: models.BaseModel) -> bool:
    """Return whether a merge would write or move a partner that no platform may write.

    What stands below the customer that goes away is moved under the one that remains.
    """
    people = env["res.partner"].with_context(active_test=False)
    below = people.search([("id", "child_of", people.browse(losers.mapped("res_id")).exists().ids)])
    return bool(internal_partners.internal_ids(env, {winner.res_id, *losers.mapped("res_id"), *below.ids}))


def _follow_later(env: Environment, stream: models.BaseModel, external_ids: Iterable[str]) -> None:
    """Queue a refresh of records that were merged on the platform while they were being sent."""
    refresh_queue.enqueue_ids(env, stream, sorted(set(external_ids)), lane="standard", seconds=RETRY_DELAY)


def _merge(env: Environment, losers: models.BaseModel, winner: models.BaseModel) -> models.BaseModel:
    main = losers.filtered(lambda link: link.part == PART_MAIN)
    people = env["res.partner"].with_context(active_test=False)
    survivor, loser = people.browse(winner.res_id), people.browse(main.res_id).exists()
    _part_family(survivor, loser)
    merge = session.merge(
        env,
        survivor,
        loser,
        env._(
            "Merged on %(platform)s: %(loser)s into %(winner)s",
            platform=winner.connection_id.name,
            loser=main.external_id,
            winner=winner.external_id,
        ),
        source="platform",
        connection=winner.connection_id,
    )
    env["retail.sync.link"].sudo().flush_model()
    losers.sudo().write({"deleted_at": fields.Datetime.now()})
    return merge


def _part_family(survivor: models.BaseModel, loser: models.BaseModel) -> None:
    """Take a customer that is merged with its own parent from below it: Odoo merges no parent with its contact."""
    if loser.parent_id == survivor:
        loser.with_context(**QUIET).write({"parent_id": False})
    elif survivor.parent_id and survivor.parent_id == loser:
        survivor.with_context(**QUIET).write({"parent_id": loser.parent_id.id})


def _ask(
    env: Environment,
    stream: models.BaseModel,
    losers: models.BaseModel,
    winner: models.BaseModel,
    trouble: str | None = None,
) -> None:
    """Leave the two customers as they are, and open a review.

    :param trouble: why Odoo could not merge them, if it tried
    """
    main = losers.filtered(lambda link: link.part == PART_MAIN)[:1]
    text = env._(
        "The platform merged %(loser)s into %(winner)s. In Odoo they are two customers: #%(old_id)s and #%(kept_id)s.",
        loser=main.external_id,
        winner=winner.external_id,
        old_id=main.res_id,
        kept_id=winner.res_id,
    )
    losers.write({"state": "attention", "reason": env._("Merged on the platform into %s", winner.external_id)})
    exception_queue.technical(
        env,
        stream.connection_id,
        "REMOTE_MERGE",
        f"{text}\n{trouble}" if trouble else text,
        of_remote_merge(main.external_id),
        stream=stream,
        payload={"winner": winner.external_id, "winner_object": winner.remote_object},
        fault_class="duplicate",
    ).write(
        {
            "team": "business",
            "user_id": stream.connection_id.business_user_id.id,
            "res_model": main.res_model,
            "res_id": main.res_id,
            "candidates": [{"id": winner.res_id, "reasons": [text]}],
        }
    )


# -- answers of people


def _links_of(env: Environment, message: models.BaseModel) -> tuple[models.BaseModel, models.BaseModel]:
    """Return (the loser's links, the winner's main link) that a merge review is about."""
    payload = message.sudo().payload or {}
    loser = (message.remote_object, message.external_id)
    # The two may be of different kinds, where the platform makes one record of both.
    winner = (payload.get("winner_object") or message.remote_object, payload.get("winner"))
    links = (
        env["retail.sync.link"]
        .sudo()
        .search(
            [
                ("connection_id", "=", message.connection_id.id),
                ("remote_object", "in", [loser[0], winner[0]]),
                ("external_id", "in", [loser[1], winner[1]]),
            ]
        )
    )
    losers = links.filtered(lambda link: (link.remote_object, link.external_id) == loser)
    found = links.filtered(lambda link: (link.remote_object, link.external_id) == winner and link.part == PART_MAIN)
    return losers, found - losers


def merge_here(env: Environment, message: models.BaseModel) -> models.BaseModel:
    """Merge the customers in Odoo as a person decided, with the rights of that person; return the merge.

    :raises UserError: when the customers cannot be merged, or a link is gone
    """
    losers, winner = _links_of(env, message)
    if not winner or not losers:
        raise UserError(env._("One of the two records is no longer linked. Press Retry to read both records again."))
    if _touches_internal(env, losers, winner):
        raise UserError(internal_partners.reason(env))
    merge = _merge(env, losers, winner)
    message.sudo()._resolve(env._("Merged in Odoo too"))
    return merge


def mark_non_match(env: Environment, message: models.BaseModel) -> None:
    """Note that the loser's record is gone; its customer stays in Odoo without a record on the platform."""
    losers, winner = _links_of(env, message)
    unlinked_ids = losers.filtered(lambda link: link.part == PART_MAIN and link.is_primary).mapped("res_id")
    reason = env._("Merged on the platform; still separate customers in Odoo")
    now = fields.Datetime.now()
    losers.write({"is_primary": False, "state": "merged", "deleted_at": now, "reason": reason})
    # On the platform, the loser's id stands for the winner. Records that still refer to it mean the winner's customer.
    if winner and not internal_partners.internal_ids(env, [winner.res_id]):
        losers.filtered(lambda link: link.part == PART_MAIN).write({"res_id": winner.res_id})
    # The customer has no record on the platform any more. Recording a change lets its stream decide about a new one.
    names = {name for stream in losers.stream_id for name in stream._outbound_fields()}
    if names and unlinked_ids:
        env["retail.sync.change"].sudo()._raise("res.partner", unlinked_ids, names)
    message.sudo()._resolve(env._("Marked as different customers by %s", env.user.name))
