"""Who is to be forgotten: the records of a person, those merged into them, and their records on platforms."""

from collections.abc import Collection, Iterable
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.security import erasure
from ...domain.security.erasure import words_of
from ...runtime.erasure import Person

Remote = tuple[int, str, str]


def of_records(env: Environment, res_model: str, res_ids: Collection[int], words: bool = True) -> Person:
    """Return the person of records of Odoo, whether they still exist or not.

    :param words: whether texts are searched for the person's words: not for many persons at once
    """
    env = env(su=True)
    env.flush_all()
    entity = entity_of(env, res_model)
    ids: set[int] = set()
    remote: set[Remote] = set()
    new = set(res_ids)
    merges = env["retail.sync.merge"].browse()
    while new - ids:
        ids |= entity._erased_with(new) if entity is not None else new
        links = env["retail.sync.link"].search([("res_model", "=", res_model), ("res_id", "in", list(ids))])
        remote |= _remote(links) | _remote(_messages(env, res_model, ids))
        merged = env["retail.sync.merge"].search(
            [("res_model", "=", res_model), ("survivor_ref", "in", list(ids)), ("state", "=", "done")]
        )
        merges |= merged
        new = set(merged.line_ids.mapped("old_id")) | _parts(env, res_model, remote)
    found: set[str] = set()
    if words:
        found = _words(env, entity, ids, remote, merges)
    return Person(res_model, tuple(sorted(ids)), tuple(sorted(remote)), tuple(erasure.longest_first(found)))


def of_remote(env: Environment, res_model: str, record: models.BaseModel) -> Person:
    """Return the person of a link or message whose record exists on the platform alone."""
    remote = _remote(record.sudo())
    words = {external_id for _connection, _object, external_id in remote if erasure.names_someone(external_id)}
    words |= words_of(_payloads(env(su=True), remote))
    return Person(res_model, (), tuple(sorted(remote)), tuple(erasure.longest_first(words)))


def entity_of(env: Environment, res_model: str) -> Any:
    """Return the entity whose records a model holds; None if it holds none."""
    names = env["retail.sync.entity"]._of_model(res_model)
    return env["retail.sync.entity"]._of_name(names[0]) if names else None


def _remote(records: models.BaseModel) -> set[Remote]:
    return {
        (record.connection_id.id, record.remote_object, record.external_id)
        for record in records
        if record.external_id and record.remote_object
    }


def _messages(env: Environment, res_model: str, ids: Iterable[int]) -> models.BaseModel:
    """Return what waits or waited about these records as they came in: a delivery may name another record."""
    return env["retail.sync.message"].search(
        [("res_model", "=", res_model), ("res_id", "in", list(ids)), ("external_id", "!=", False)]
    )


def _parts(env: Environment, res_model: str, remote: Iterable[Remote]) -> set[int]:
    """Return the ids of the records that show parts of these records on platforms."""
    links = env["retail.sync.link"].search(
        [
            ("res_model", "=", res_model),
            ("part", "!=", "main"),
            ("external_id", "in", [external_id for _connection, _object, external_id in remote]),
        ]
    )
    wanted = set(remote)
    return set(
        links.filtered(lambda link: (link.connection_id.id, link.remote_object, link.external_id) in wanted).mapped(
            "res_id"
        )
    )


def _payloads(env: Environment, remote: Collection[Remote]) -> list[dict[str, Any]]:
    """Return the values of the records as links and messages keep them."""
    domain = [("external_id", "in", [external_id for _connection, _object, external_id in remote])]
    links = env["retail.sync.link"].search(domain)
    messages = env["retail.sync.message"].search(domain)
    # A masked title is no name.
    names = [{"name": title} for title in messages.mapped("title") if title and "***" not in title]
    bases = [base for base in links.mapped("base") if isinstance(base, dict)]
    return [*bases, *names, *(payload for payload in messages.mapped("payload") if isinstance(payload, dict))]


def _words(
    env: Environment, entity: Any, ids: Collection[int], remote: Collection[Remote], merges: models.BaseModel
) -> set[str]:
    values = entity._naming_values(ids) if entity is not None else []
    values += [snapshot for snapshot in merges.line_ids.mapped("snapshot") if isinstance(snapshot, dict)]
    values += [{"name": line.name, "email": line.email} for line in merges.line_ids]
    words = words_of([*values, *_payloads(env, remote)])
    return words | {external_id for _connection, _object, external_id in remote if erasure.names_someone(external_id)}
