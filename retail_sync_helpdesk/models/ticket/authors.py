"""Who wrote a comment: a customer that is linked, or an agent whom a value of the desk names."""

from collections.abc import Collection

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from .desk_value import COLUMNS


def of_keys(env: Environment, connection: models.BaseModel, keys: Collection[str]) -> dict[str, models.BaseModel]:
    """Return {key on the desk: partner} of the authors that are known, in two queries."""
    wanted = sorted(filter(None, keys))
    if not wanted:
        return {}
    found = _customers(env, connection, wanted)
    lines = env["retail.sync.ticket.value"].search(
        [
            ("connection_id", "=", connection.id),
            ("kind", "=", "assignee"),
            ("value", "in", wanted),
            (COLUMNS["assignee"], "!=", False),
        ]
    )
    agents = {line.value: line.user_id.partner_id.id for line in lines}
    return {key: env["res.partner"].browse(partner_id) for key, partner_id in {**found, **agents}.items()}


def keys_of(env: Environment, connection: models.BaseModel, partners: models.BaseModel) -> dict[int, str]:
    """Return {partner id: key on the desk} of the authors that it knows, in two queries. An agent is one first."""
    if not partners:
        return {}
    links = env["retail.sync.link"].search(
        [
            ("connection_id", "=", connection.id),
            ("res_model", "=", "res.partner"),
            ("res_id", "in", partners.ids),
            ("part", "=", "main"),
            ("remote_object", "in", sorted(_person_objects(env, connection))),
        ],
        order="is_primary, id",
    )
    lines = env["retail.sync.ticket.value"].search(
        [
            ("connection_id", "=", connection.id),
            ("kind", "=", "assignee"),
            ("user_id.partner_id", "in", partners.ids),
        ]
    )
    found = {link.res_id: str(link.external_id) for link in links}
    return {**found, **{line.user_id.partner_id.id: str(line.value) for line in lines}}


def agents(env: Environment, connection: models.BaseModel) -> set[str]:
    """Return the keys of the agents that the desk has listed."""
    lines = env["retail.sync.ticket.value"].search([("connection_id", "=", connection.id), ("kind", "=", "assignee")])
    return set(lines.mapped("value"))


def complete(env: Environment, connection: models.BaseModel, ticket_ids: Collection[int]) -> None:
    """Give messages their authors who have become known since; one look for all tickets."""
    if not ticket_ids:
        return
    env["retail.sync.ticket.comment"].flush_model()
    env["mail.message"].flush_model(["author_id"])
    rows = env.execute_query(
        SQL(
            "SELECT comment.author_key, array_agg(message.id) FROM retail_sync_ticket_comment comment"
            " JOIN mail_message message ON message.id = comment.message_id"
            " WHERE comment.connection_id = %s AND comment.ticket_id = ANY(%s) AND comment.direction = 'in'"
            " AND comment.author_key IS NOT NULL AND message.author_id IS NULL GROUP BY comment.author_key",
            connection.id,
            list(ticket_ids),
        )
    )
    waiting = dict(rows)
    for key, partner in of_keys(env, connection, waiting).items():
        env["mail.message"].browse(waiting[key]).write(
            {"author_id": partner.id, "email_from": partner.email_formatted or False}
        )


def _person_objects(env: Environment, connection: models.BaseModel) -> set[str]:
    """Return the objects of the desk whose records are customers: organisations write no comments."""
    streams = (
        env["retail.sync.stream"]
        .with_context(active_test=False)
        .search([("connection_id", "=", connection.id), ("entity", "=", "customer")])
    )
    adapter = connection._adapter()
    named = getattr(adapter, "_person_objects", None)
    return set(named()) if named else set(streams.mapped("remote_object"))


def _customers(env: Environment, connection: models.BaseModel, keys: list[str]) -> dict[str, int]:
    links = env["retail.sync.link"].search(
        [
            ("connection_id", "=", connection.id),
            ("external_id", "in", keys),
            ("res_model", "=", "res.partner"),
            ("part", "=", "main"),
            ("state", "!=", "excluded"),
            ("remote_object", "in", sorted(_person_objects(env, connection))),
        ]
    )
    return {link.external_id: link.res_id for link in links}
