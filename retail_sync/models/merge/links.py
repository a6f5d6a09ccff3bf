"""Links and messages of merged customers."""

import json
import time

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ...runtime.constants import OPEN_MESSAGE_STATES, WAITING_STATES
from ..links import lookups
from ..outbox import outbox, router

LINK_FIELDS = ("res_id", "is_primary", "state", "reason", "carries_our_id", "deleted_at", "content_hash", "raw_hash")


def alias(env: Environment, journal, survivor, losers):
    """Give the survivor the losers' links: one main link a connection, the others become second ids.

    A living record counts more than one that is gone; then the survivor's own.
    :return: (main links that the survivor has gained, links that became second ids)
    """
    link_model = env["retail.sync.link"].sudo()
    people = survivor | losers
    links = link_model.search(
        [("res_model", "=", people._name), ("res_id", "in", people.ids)], order="connection_id, id"
    )
    gained, aliases = link_model.browse(), link_model.browse()
    for own in links.grouped(lambda link: (link.connection_id.id, link.role)).values():
        primaries = own.filtered("is_primary").sorted(
            lambda link: (link.state not in outbox.LIVING, link.res_id != survivor.id, link.id)
        )
        main, others = primaries[:1], primaries[1:]
        _note_links(journal, own | _parts_of(env, others))
        # Second ids first: a customer may have one main link only, at any moment.
        _make_alias(env, others, survivor, main)
        aliases |= others
        (own - primaries).filtered(lambda link: link.res_id != survivor.id).write({"res_id": survivor.id})
        if main.res_id and main.res_id != survivor.id:
            # The platform's record still carries the loser's id, and all its values are to be compared again.
            main.write({"res_id": survivor.id, "carries_our_id": False, "content_hash": "", "raw_hash": ""})
            gained |= main
    link_model.flush_model()
    return gained, aliases


def _make_alias(env: Environment, links, survivor, main):
    for link in links:
        link.write(
            {
                "res_id": survivor.id,
                "is_primary": False,
                "state": link.state if link.state in ("excluded", "deleted") else "merged",
                "reason": env._("Merged in Odoo into %s", main.external_id),
            }
        )
    _parts_of(env, links).write({"is_primary": False, "state": "merged"})


def _parts_of(env: Environment, links):
    """Return the links of the addresses that stand in the same records."""
    found = env["retail.sync.link"].sudo()
    for link in links.filtered(lambda link: link.part == PART_MAIN):
        found |= found.search(
            [
                ("connection_id", "=", link.connection_id.id),
                ("remote_object", "=", link.remote_object),
                ("external_id", "=", link.external_id),
                ("part", "!=", PART_MAIN),
            ]
        )
    return found


def _note_links(journal, links):
    noted = {row["id"] for row in journal.links}
    for link in links:
        if link.id not in noted:
            values = {name: link[name] for name in LINK_FIELDS}
            values["deleted_at"] = fields.Datetime.to_string(link.deleted_at) if link.deleted_at else False
            journal.links.append({"id": link.id, **values})


def restore_links(env: Environment, journal, survivor_id, gone=()):
    """Give links back as they were; those that somebody moved since stay.

    :param gone: external ids that the platform itself merged: they stay second ids of the survivor
    :return: (links that went back, links that stayed)
    """
    link_model = env["retail.sync.link"].sudo()
    before = {row["id"]: row for row in journal.links}
    links = link_model.browse(before).exists()
    stayed = links.filtered(
        lambda link: (
            link.external_id in gone or (link.res_id != survivor_id and link.res_id != before[link.id]["res_id"])
        )
    )
    back = links - stayed
    # None is the main link while they change places.
    back.write({"is_primary": False})
    link_model.flush_model()
    taken = _mains(env, back, before)
    for link in back:
        row = before[link.id]
        values = {name: row[name] for name in LINK_FIELDS if name in row}
        if row["is_primary"] and (link.connection_id.id, link.role, row["res_id"]) in taken:
            values["is_primary"] = False
        # What was read last may be old by now: the same content, read again, is news.
        link.write(dict(values, content_hash="", raw_hash=""))
    link_model.flush_model()
    return back, stayed


def _mains(env: Environment, links, before):
    """Return {(connection id, role, record id)} that have got another main link meanwhile."""
    res_ids = [before[link.id]["res_id"] for link in links]
    others = lookups.primary_links(env(su=True), None, "res.partner", res_ids) - links
    return {(link.connection_id.id, link.role, link.res_id) for link in others}


# -- messages


def being_sent(env: Environment, partners):
    """Return titles of messages that are on their way to a platform at this moment."""
    rows = env.execute_query(
        SQL(
            "SELECT COALESCE(title, res_model || ' ' || res_id) FROM retail_sync_message WHERE state = 'sending'"
            " AND res_model = 'res.partner' AND res_id = ANY(%s)",
            partners.ids,
        )
    )
    return [title for (title,) in rows]


def move_messages(env: Environment, journal, survivor, losers, aliases):
    """Close what was to be sent for losers, and move what waits for a person.

    A message about a record that is only a second id now asks for nothing any more.
    """
    message_model = env["retail.sync.message"].sudo()
    found = message_model.search(
        [("res_model", "=", losers._name), ("res_id", "in", losers.ids), ("state", "in", list(WAITING_STATES))]
    )
    second = {(link.connection_id.id, link.external_id) for link in aliases}
    over = found.filtered(lambda one: one.kind == "delivery" or _about(one) in second)
    moved = found - over
    journal.messages += [{"id": one.id, "res_id": one.res_id, "state": one.state} for one in found]
    moved.write({"res_id": survivor.id})
    over._resolve(env._("Merged into %s", survivor.display_name), state="superseded")
    message_model.flush_model()
    _repoint_waiting(env, survivor, losers)
    _repoint_candidates(env, survivor, losers)


def _about(message) -> tuple[int, str]:
    """Return (connection id, external id of the remote record) of a message; no id for other subjects."""
    is_task = message.merge_task == "two_records"
    return message.connection_id.id, "" if is_task else message.external_id or ""


def _repoint_waiting(env: Environment, survivor, losers):
    """What waits for a loser to be linked waits for the survivor."""
    env.cr.execute(
        "UPDATE retail_sync_message SET waits_for = %s WHERE state = 'parked' AND waits_for = ANY(%s)",
        [f"res.partner/{survivor.id}", [f"res.partner/{loser}" for loser in losers.ids]],
    )


def _repoint_candidates(env: Environment, survivor, losers):
    """A question that names a loser among the customers a record may be, names the survivor."""
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_message WHERE state = ANY(%s) AND (%s)",
            list(OPEN_MESSAGE_STATES),
            SQL(" OR ").join(SQL("candidates @> %s::jsonb", json.dumps([{"id": loser}])) for loser in losers.ids),
        )
    )
    for message in env["retail.sync.message"].sudo().browse([message_id for (message_id,) in rows]):
        found = {}
        for one in message.candidates:
            one = dict(one)
            if one["id"] in losers.ids:
                one.update(id=survivor.id, name=survivor.display_name)
            found.setdefault(one["id"], one)
        message.candidates = list(found.values())


def restore_messages(env: Environment, journal, survivor_id):
    """Give back the messages that still wait for a person."""
    before = {row["id"]: row["res_id"] for row in journal.messages}
    messages = env["retail.sync.message"].sudo().browse(before).exists()
    for message in messages.filtered(lambda one: one.state in WAITING_STATES and one.res_id == survivor_id):
        message.res_id = before[message.id]


def tell(env: Environment, links):
    """Let the platforms of these links compare all values with what they have; only what differs is sent."""
    now = int(time.time() * 1000)
    sending = env["retail.sync.stream"]._sending()
    mains = links.filtered(lambda link: link.is_primary and link.part == PART_MAIN and link.state in outbox.LIVING)
    for stream, own in mains.grouped("stream_id").items():
        if stream in sending and stream.state != "draft":
            names = dict.fromkeys(stream._outbound_fields(), now)
            router.enqueue(env(su=True), stream, [(link.res_id, "write", names, 1) for link in own])
