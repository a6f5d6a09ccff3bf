"""Merges that the users of a platform made: followed here, asked about, or only noted."""

from odoo import fields
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ..exceptions import exception_queue
from ..exceptions.subject import of_remote_merge
from ..runs import refresh_queue
from . import session

# Seconds until a merge is tried again that met a delivery of one of its customers.
LATER = 10


def follow(env: Environment, stream, losers, winner):
    """Deal with a loser (its links, all parts) whose customer is another one than the winner's.

    :return: whether it is dealt with; if not, the caller only notes it
    """
    policy = stream.connection_id.merge_policy
    if policy == "alias":
        return False
    if policy == "ask":
        _ask(env, stream, losers, winner)
        return True
    try:
        with env.cr.savepoint():
            _merge(env, losers, winner)
    except session.BeingSent:
        # Perhaps by the very delivery that has found out: it must end first.
        _follow_later(env, stream, losers.mapped("external_id"))
    except UserError as error:
        # Two logins, a parent and its contact: people find a way.
        _ask(env, stream, losers, winner, str(error))
    return True


def _follow_later(env: Environment, stream, external_ids):
    """Queue a refresh of records that were merged on the platform while they were being sent."""
    refresh_queue.enqueue_ids(env, stream, sorted(set(external_ids)), lane="standard", seconds=LATER)


def _merge(env: Environment, losers, winner):
    main = losers.filtered(lambda link: link.part == PART_MAIN)
    people = env["res.partner"].with_context(active_test=False)
    survivor, old = people.browse(winner.res_id), people.browse(main.res_id).exists()
    merge = session.merge(
        env,
        survivor,
        old,
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


def _ask(env: Environment, stream, losers, winner, trouble=None):
    """Leave the two customers as they are, and ask a person."""
    main = losers.filtered(lambda link: link.part == PART_MAIN)[:1]
    people = env["res.partner"].with_context(active_test=False)
    text = env._(
        "The platform merged %(loser)s into %(winner)s. Here they are two customers: %(old)s (#%(old_id)s) and "
        "%(kept)s (#%(kept_id)s).",
        loser=main.external_id,
        winner=winner.external_id,
        old=people.browse(main.res_id).display_name,
        old_id=main.res_id,
        kept=people.browse(winner.res_id).display_name,
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
        payload={"winner": winner.external_id},
        fault_class="duplicate",
    ).write(
        {
            "title": people.browse(main.res_id).display_name,
            "team": "business",
            "user_id": stream.connection_id.business_user_id.id,
            "res_model": main.res_model,
            "res_id": main.res_id,
            "candidates": [{"id": winner.res_id, "name": people.browse(winner.res_id).display_name, "reasons": [text]}],
        }
    )


# -- what a person answers


def _pair(env: Environment, message):
    """Return (the loser's links, the winner's main link) that a question is about."""
    links = (
        env["retail.sync.link"]
        .sudo()
        .search(
            [
                ("connection_id", "=", message.connection_id.id),
                ("remote_object", "=", message.remote_object),
                ("external_id", "in", [message.external_id, (message.sudo().payload or {}).get("winner")]),
            ]
        )
    )
    losers = links.filtered(lambda link: link.external_id == message.external_id)
    return losers, (links - losers).filtered(lambda link: link.part == PART_MAIN)


def merge_here(env: Environment, message):
    """Merge as a person decided; with that person's rights to both customers."""
    losers, winner = _pair(env, message)
    if not winner or not losers:
        raise UserError(env._("One of the two records is not known any more. Press Retry to look again."))
    merge = _merge(env, losers, winner)
    message._resolve(env._("Merged here too"))
    return merge


def mark_non_match(env: Environment, message):
    """Note that the loser's record is gone; its customer lives on, linked to nothing over there."""
    losers, winner = _pair(env, message)
    left = losers.filtered(lambda link: link.part == PART_MAIN and link.is_primary).mapped("res_id")
    reason = env._("Merged on the platform; kept apart here")
    now = fields.Datetime.now()
    losers.write({"is_primary": False, "state": "merged", "deleted_at": now, "reason": reason})
    # That id stands for the winner over there: what still names it means the winner's customer.
    losers.filtered(lambda link: link.part == PART_MAIN).write({"res_id": winner.res_id} if winner else {})
    # It has no record over there any more: its stream says whether it gets one.
    names = {name for stream in losers.stream_id for name in stream._outbound_fields()}
    if names and left:
        env["retail.sync.change"].sudo()._raise("res.partner", left, names)
    message._resolve(env._("Kept apart by %s", env.user.name))
