"""Undo a decision about who a record is: the link, what it wrote, the non-matches, and the customer it created."""

from typing import Any, NamedTuple

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...domain.security.audit import AuditKind
from ...runtime.constants import OPEN_MESSAGE_STATES
from ..audit import trail
from ..customer import internal_partners
from ..exceptions.subject import Subject
from ..links import link_journal
from ..mapping import sensitivity
from ..mapping.write_guard import PROTECTED
from ..runs import refresh_queue

# Rules of links to customers that existed already.
LINKING_RULES = ("evidence", "survivor", "external_id", "key", "exported", "alias")


class Key(NamedTuple):
    """A record of a platform."""

    connection: models.BaseModel
    stream: models.BaseModel
    remote_object: str
    external_id: str


def undo(env: Environment, key: Key, title: str, candidates: list[dict[str, Any]]) -> str:
    """Undo what was decided about a record, and open a review of it; return what was done, for people.

    The engine asks about the record from now on, whatever the evidence says. Values that people changed since the link
    stay as they are and are listed; so do values that the platform received.

    :param candidates: the candidates of the review, as a message stores them
    :raises UserError: when there is nothing to undo
    """
    links = _links(env, key)
    main = links.filtered(lambda link: link.part == PART_MAIN)[:1]
    non_matches = _non_matches(env, key)
    if not main and not non_matches:
        raise UserError(env._("There is nothing to undo: %s has no link and no non-match.", title or key.external_id))
    lines, created = [], bool(main) and main_was_created(main)
    if main:
        lines += _undo_link(env, key, links, main, created)
    if non_matches:
        lines.append(env._("%s non-matches were removed.", len(non_matches)))
        non_matches.unlink()
    trail.add(
        env,
        AuditKind.DECISION,
        model=main.res_model or "",
        res_ids=[main.res_id] if main else [],
        connection=key.connection,
        details={"answer": "undo", "object": key.remote_object, "key": key.external_id, "archived": created},
    )
    wrong = main.res_id if main and not created else 0
    candidates = [found for found in candidates if found["id"] != wrong]
    links.unlink()
    message = _open_review(env, key, title, candidates, lines)
    if wrong:
        env["retail.sync.non.match"]._mark([wrong], message)
    refresh_queue.enqueue_ids(env(su=True), key.stream, [key.external_id], lane="critical")
    return "\n".join(lines)


def main_was_created(link: models.BaseModel) -> bool:
    """Return whether the decision created the customer of a link: then no first meeting with a customer was noted."""
    if not link.is_primary or not link.content_hash or link.rule in LINKING_RULES:
        return False
    journal = link.env["retail.sync.link.journal"]._of_record(link.connection_id, link.remote_object, link.external_id)
    return link.res_id not in journal.mapped("res_id")


def _links(env: Environment, key: Key) -> models.BaseModel:
    """Return the links of a record, and those of the further ids under which the platform knows it."""
    domain = [
        ("connection_id", "=", key.connection.id),
        ("remote_object", "=", key.remote_object),
        ("external_id", "=", key.external_id),
    ]
    return env["retail.sync.link"].sudo().search(domain)


def _non_matches(env: Environment, key: Key) -> models.BaseModel:
    return (
        env["retail.sync.non.match"]
        .sudo()
        .search(
            [
                ("connection_id", "=", key.connection.id),
                ("remote_object", "=", key.remote_object),
                ("external_id", "=", key.external_id),
            ]
        )
    )


def _undo_link(env: Environment, key: Key, links: models.BaseModel, main: models.BaseModel, created: bool) -> list[str]:
    """Put back what a link wrote; return lines that say what was done and what was not."""
    partners = env[main.res_model].with_context(active_test=False)
    partner = partners.browse(main.res_id).exists()
    lines = [env._("%(record)s was separated from %(customer)s.", record=key.external_id, customer=f"#{partner.id}")]
    lines += _sent_lines(env, links)
    if not partner:
        return lines
    partner.check_access("write")
    if internal_partners.internal_ids(env, partner.ids):
        lines.append(
            env._("%s belongs to an internal user or to one of your own companies and keeps its values.", partner.name)
        )
        _close_refused_deliveries(env, links, partner)
        return lines
    if created:
        return lines + _archive_created(env, links, partner)
    if not main.is_primary:
        return lines
    journal = env["retail.sync.link.journal"]._of_record(key.connection, key.remote_object, key.external_id)
    for row in journal:
        record = partners.browse(row.res_id).exists()
        if record:
            lines += _put_back(env, record, row)
    journal.unlink()
    return lines


def _put_back(env: Environment, record: models.BaseModel, row: models.BaseModel) -> list[str]:
    """Restore the values of one record that still are as the link wrote them."""
    labels = record.fields_get(attributes=["string"])
    if row.before is None or row.before is False:
        record.write({"active": False})
        return [env._("%s was created by the link and is archived now.", f"#{record.id}")]
    unchanged = {
        name: value
        for name, value in row.before.items()
        if link_journal.plain_value(record, name) == (row.after or {}).get(name)
    }
    if vals := link_journal.vals_of(record, unchanged):
        record.write(vals)
    lines = []
    if vals:
        lines.append(env._("Restored: %s", _names(labels, vals)))
    if kept := set(row.before) - set(vals):
        lines.append(env._("Changed since the link, and therefore kept: %s", _names(labels, kept)))
    return lines


def _close_refused_deliveries(env: Environment, links: models.BaseModel, partner: models.BaseModel) -> None:
    """Close messages about changes of a partner that no platform may have: with the link, nothing is to be sent."""
    env["retail.sync.message"].sudo().search(
        [
            ("connection_id", "in", links.connection_id.ids),
            ("kind", "=", "delivery"),
            ("res_model", "=", partner._name),
            ("res_id", "=", partner.id),
            ("fault_code", "=", PROTECTED),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
        ]
    )._resolve(env._("Its link was removed."))


def _archive_created(env: Environment, links: models.BaseModel, partner: models.BaseModel) -> list[str]:
    """Archive a customer that the decision created, unless another record of a platform stands for it too."""
    others = (
        env["retail.sync.link"]
        .sudo()
        .search_count(
            [("res_model", "=", partner._name), ("res_id", "=", partner.id), ("id", "not in", links.ids)], limit=1
        )
    )
    if others:
        return [env._("%s is linked to other records and stays active.", f"#{partner.id}")]
    partner.write({"active": False})
    return [env._("%s was created by the decision and is archived now.", f"#{partner.id}")]


def _sent_lines(env: Environment, links: models.BaseModel) -> list[str]:
    """Return a line with the fields that the platform received from the customer through these links."""
    sent = {
        name
        for link in links
        for name, entry in (link.provenance or {}).items()
        if isinstance(entry, dict) and entry.get("from") == "odoo"
    }
    if not sent:
        return []
    labels = env["retail.sync.entity"]._of_name(links[:1].stream_id.entity)._field_labels()
    names = ", ".join(sorted(labels.get(name, name) for name in sent))
    return [env._("The platform received values of these fields; check them there: %s", names)]


def _names(labels: dict[str, dict[str, Any]], columns: Any) -> str:
    return ", ".join(sorted(labels[name]["string"] if name in labels else name for name in columns))


def _open_review(
    env: Environment, key: Key, title: str, candidates: list[dict[str, Any]], lines: list[str]
) -> models.BaseModel:
    """Open a review of the record, or turn its open message into one; the next reading completes it."""
    text = env._("%s undid the decision about this record.", env.user.name)
    rule = env["retail.sync.fault.rule"].sudo()._match(key.connection.system, "UNDONE", text)
    vals = {
        "connection_id": key.connection.id,
        "stream_id": key.stream.id,
        "remote_object": key.remote_object,
        **Subject("review", external_id=key.external_id).vals(),
        "title": sensitivity.title_masker(env, key.stream)(title) or False,
        "state": "review",
        "fault_code": "UNDONE",
        "fault_class": "duplicate",
        "fault_message": text,
        "rule_id": rule.id,
        "asked_rule": "undone",
        "candidates": candidates or False,
        "team": "business",
        "user_id": key.connection.business_user_id.id,
        "version": int(fields.Datetime.now().timestamp() * 1000),
    }
    held = open_message(env, key)
    if held:
        held.write(vals)
        return held
    return held.create(vals)


def open_message(env: Environment, key: Key) -> models.BaseModel:
    """Return the message about a record that waits for a person, empty where there is none."""
    return (
        env["retail.sync.message"]
        .sudo()
        .search(
            [
                ("stream_id", "=", key.stream.id),
                ("external_id", "=", key.external_id),
                ("state", "in", list(OPEN_MESSAGE_STATES)),
            ],
            limit=1,
        )
    )
