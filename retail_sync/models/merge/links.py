"""Move the links and messages of merged customers to the survivor, and back."""

import json
import time
from collections.abc import Collection

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ...domain.merge.journal import Journal
from ...runtime.constants import OPEN_MESSAGE_STATES, WAITING_STATES
from ..links import lookups
from ..outbox import outbox, router

LINK_FIELDS = ("res_id", "is_primary", "state", "reason", "carries_our_id", "deleted_at", "content_hash", "raw_hash")


class BeingSent(UserError):
    """A message about one of the customers is being sent to a platform at this moment."""


# -- links


def make_secondary(
    env: Environment, journal: Journal, survivor: models.BaseModel, losers: models.BaseModel
) -> tuple[models.BaseModel, models.BaseModel]:
    """Give the survivor the losers' links: one primary link per connection, the others become secondary links.

    A link whose record exists wins over a link whose record is deleted; after that the survivor's own link wins.

    :return: (primary links that the survivor has gained, links that became secondary links)
    """
    link_model = env["retail.sync.link"].sudo()
    customers = survivor | losers
    links = link_model.search(
        [("res_model", "=", customers._name), ("res_id", "in", customers.ids)], order="connection_id, id"
    )
    gained, secondary = link_model.browse(), link_model.browse()
    for connection_links in links.grouped(lambda link: (link.connection_id.id, link.role)).values():
        primaries = connection_links.filtered("is_primary").sorted(
            lambda link: (link.state not in outbox.LIVING, link.res_id != survivor.id, link.id)
        )
        primary, others = primaries[:1], primaries[1:]
        _note_links(journal, connection_links | _part_links(env, others))
        # Secondary links first: a customer may never have two primary links on a connection.
        _demote(env, others, survivor, primary)
        secondary |= others
        (connection_links - primaries).filtered(lambda link: link.res_id != survivor.id).write({"res_id": survivor.id})
        if primary.res_id and primary.res_id != survivor.id:
            # The platform's record still carries the loser's id, and all its values must be compared again. It meets
            # the survivor for the first time: what was agreed on with the loser would let the survivor's blanks win.
            primary.write(
                {"res_id": survivor.id, "carries_our_id": False, "content_hash": "", "raw_hash": "", "base": None}
            )
            gained |= primary
    link_model.flush_model()
    return gained, secondary


def _demote(env: Environment, links: models.BaseModel, survivor: models.BaseModel, primary: models.BaseModel) -> None:
    """Make links secondary links of the survivor, and close the links of their parts."""
    for link in links:
        link.write(
            {
                "res_id": survivor.id,
                "is_primary": False,
                "state": link.state if link.state in ("excluded", "deleted") else "merged",
                "reason": env._("Merged in Odoo into %s", primary.external_id),
            }
        )
    _part_links(env, links).write({"is_primary": False, "state": "merged"})


def _part_links(env: Environment, links: models.BaseModel) -> models.BaseModel:
    """Return the links of the other parts (addresses) that the same remote records hold."""
    records = {_remote_record(link) for link in links if link.part == PART_MAIN}
    found = (
        env["retail.sync.link"]
        .sudo()
        .search(
            [
                ("connection_id", "in", [connection_id for connection_id, _object, _id in records]),
                ("remote_object", "in", [remote_object for _connection, remote_object, _id in records]),
                ("external_id", "in", [external_id for _connection, _object, external_id in records]),
                ("part", "!=", PART_MAIN),
            ]
        )
    )
    return found.filtered(lambda link: _remote_record(link) in records)


def _remote_record(link: models.BaseModel) -> tuple[int, str, str]:
    return link.connection_id.id, link.remote_object, link.external_id


def _note_links(journal: Journal, links: models.BaseModel) -> None:
    noted = {row["id"] for row in journal.links}
    for link in links:
        if link.id not in noted:
            values = {name: link[name] for name in LINK_FIELDS}
            values["deleted_at"] = fields.Datetime.to_string(link.deleted_at) if link.deleted_at else False
            journal.links.append({"id": link.id, **values})


def restore_links(
    env: Environment, journal: Journal, survivor_id: int, gone: Collection[str] = ()
) -> tuple[models.BaseModel, models.BaseModel]:
    """Restore links as they were before the merge, except links that were moved since.

    :param gone: external ids that the platform itself merged: they stay secondary links of the survivor
    :return: (restored links, links that stay where they are)
    """
    link_model = env["retail.sync.link"].sudo()
    before = {row["id"]: row for row in journal.links}
    links = link_model.browse(before).exists()
    stayed = links.filtered(
        lambda link: (
            link.external_id in gone or (link.res_id != survivor_id and link.res_id != before[link.id]["res_id"])
        )
    )
    restored = links - stayed
    # No link is primary while the links change places: a customer may never have two primary links on a connection.
    restored.write({"is_primary": False})
    link_model.flush_model()
    occupied = _other_primaries(env, restored, before)
    for link in restored:
        row = before[link.id]
        values = {name: row[name] for name in LINK_FIELDS if name in row}
        if row["is_primary"] and (link.connection_id.id, link.role, row["res_id"]) in occupied:
            values["is_primary"] = False
        # The hashes describe the last read, which may be outdated by now; without them the next read is compared.
        link.write(dict(values, content_hash="", raw_hash=""))
    link_model.flush_model()
    return restored, stayed


def _other_primaries(env: Environment, links: models.BaseModel, before: dict[int, dict]) -> set[tuple[int, str, int]]:
    """Return {(connection id, role, customer id)} that have another primary link by now."""
    res_ids = [before[link.id]["res_id"] for link in links]
    others = lookups.primary_links(env(su=True), None, "res.partner", res_ids) - links
    return {(link.connection_id.id, link.role, link.res_id) for link in others}


# -- messages


def refuse_being_sent(env: Environment, partners: models.BaseModel) -> None:
    """Refuse a merge or an undo while a message about one of these customers is being sent.

    :raises BeingSent: names the messages
    """
    rows = env.execute_query(
        SQL(
            "SELECT COALESCE(title, res_model || ' ' || res_id) FROM retail_sync_message WHERE state = 'sending'"
            " AND res_model = 'res.partner' AND res_id = ANY(%s)",
            partners.ids,
        )
    )
    if rows:
        titles = ", ".join(title for (title,) in rows)
        raise BeingSent(env._("%s is being sent to a platform at this moment. Try again in a few seconds.", titles))


def move_messages(
    env: Environment,
    journal: Journal,
    survivor: models.BaseModel,
    losers: models.BaseModel,
    secondary: models.BaseModel,
) -> None:
    """Close the losers' outbound messages, and move facts and messages that wait for a person to the survivor.

    A fact is sent whatever becomes of its record: closed, it would hold back the later ones. Messages about a record
    whose link became a secondary link are closed too: they need no answer any more.
    """
    message_model = env["retail.sync.message"].sudo()
    messages = message_model.search(
        [("res_model", "=", losers._name), ("res_id", "in", losers.ids), ("state", "in", list(WAITING_STATES))]
    )
    secondary_keys = {(link.connection_id.id, link.external_id) for link in secondary}
    obsolete = messages.filtered(
        lambda message: (
            not message.fact_key and (message.kind in ("delivery", "field") or _subject(message) in secondary_keys)
        )
    )
    moved = messages - obsolete
    journal.messages += [{"id": message.id, "res_id": message.res_id, "state": message.state} for message in messages]
    moved.write({"res_id": survivor.id})
    obsolete._resolve(env._("Merged into %s", f"#{survivor.id}"), state="superseded")
    message_model.flush_model()
    _repoint_parked(env, survivor, losers)
    _repoint_candidates(env, survivor, losers)


def _subject(message: models.BaseModel) -> tuple[int, str]:
    """Return (connection id, external id of the remote record) of a message; an empty id for other subjects."""
    is_task = message.merge_task == "two_records"
    return message.connection_id.id, "" if is_task else message.external_id or ""


def _repoint_parked(env: Environment, survivor: models.BaseModel, losers: models.BaseModel) -> None:
    """Let messages that wait until a loser is linked wait for the survivor."""
    env.cr.execute(
        "UPDATE retail_sync_message SET waits_for = %s WHERE state = 'parked' AND waits_for = ANY(%s)",
        [f"res.partner/{survivor.id}", [f"res.partner/{loser}" for loser in losers.ids]],
    )


def _repoint_candidates(env: Environment, survivor: models.BaseModel, losers: models.BaseModel) -> None:
    """Replace losers by the survivor among the candidates of open reviews; the survivor appears once."""
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_message WHERE state = ANY(%s) AND (%s)",
            list(OPEN_MESSAGE_STATES),
            SQL(" OR ").join(SQL("candidates @> %s::jsonb", json.dumps([{"id": loser}])) for loser in losers.ids),
        )
    )
    for message in env["retail.sync.message"].sudo().browse([message_id for (message_id,) in rows]):
        candidates: dict[int, dict] = {}
        for stored in message.candidates:
            candidate = dict(stored)
            if candidate["id"] in losers.ids:
                candidate["id"] = survivor.id
            candidates.setdefault(candidate["id"], candidate)
        message.candidates = list(candidates.values())


def restore_messages(env: Environment, journal: Journal, survivor_id: int) -> None:
    """Give the losers back their messages that still wait for a person."""
    before = {row["id"]: row["res_id"] for row in journal.messages}
    messages = env["retail.sync.message"].sudo().browse(before).exists()
    for message in messages.filtered(lambda message: message.state in WAITING_STATES and message.res_id == survivor_id):
        message.res_id = before[message.id]


def compare_all_values(env: Environment, links: models.BaseModel) -> None:
    """Queue a comparison of all values of these links with the platform's values; only differences are sent."""
    now = int(time.time() * 1000)
    sending = env["retail.sync.stream"]._sending()
    primaries = links.filtered(lambda link: link.is_primary and link.part == PART_MAIN and link.state in outbox.LIVING)
    for stream, stream_links in primaries.grouped("stream_id").items():
        if stream in sending and stream.state != "draft":
            names = dict.fromkeys(stream._outbound_fields(), now)
            router.enqueue(env(su=True), stream, [(link.res_id, "write", names, 1) for link in stream_links])
