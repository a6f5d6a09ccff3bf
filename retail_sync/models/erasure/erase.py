"""Erase what the engine keeps of a person, table by table as the models declare it, in one transaction."""

import json
from collections import Counter
from collections.abc import Iterator

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import NOTHING, Declared, Person, declarations
from ..audit import trail
from ..links import erased_record
from . import quotes
from .person import entity_of

# How the names of our models begin.
OURS = "retail.sync."
# What stands in a column that must not be empty.
BLANK = "-"


def count(env: Environment, person: Person) -> dict[str, int]:
    """Return {model: rows about the person}, without those that only quote the person."""
    env.flush_all()
    found = {}
    for declared in declarations(env):
        rows = len(_about(env, declared, person)) if declared.model._name.startswith(OURS) else 0
        if rows:
            found[declared.model._name] = rows
    return found


def erase(env: Environment, person: Person, anonymise: bool = False, basis: str = "request") -> dict[str, int]:
    """Erase what the engine keeps of a person; return {model: rows that were deleted, emptied or freed of quotes}.

    The link leaves a digest, by which the record on the platform is known and left out. The audit trail keeps who
    erased which record, and loses the words about it.

    :param anonymise: whether the records of Odoo themselves lose who the person is
    :param basis: code of the reason, for the audit trail
    :raises UserError: while a message about the person is being sent
    """
    env = env(su=True)
    env.flush_all()
    lock(env, person)
    done: Counter[str] = Counter()
    declared = list(declarations(env))
    erased_record.note(env, person.model, person.ids, person.remote)
    # All are found before the first one goes: rows are found by rows of other tables, and go with them.
    for entry, ids in [(entry, _about(env, entry, person)) for entry in declared]:
        if ids:
            done[entry.model._name] += _forget(env, entry, person, ids)
    for entry in declared:
        done[entry.model._name] += _mentions(env, entry, person)
    done["retail.sync.page"] += _pages(env, person)
    env.invalidate_all(flush=False)
    if anonymise:
        entity_of(env, person.model)._anonymise(person.ids)
        env.flush_all()
    for entry in declared:
        done[entry.model._name] += quotes.replace(env, entry, person)
    for model in _dialogs(env):
        done[model._name] += _open_dialogs(env, model, person)
    env.flush_all()
    env["retail.sync.connection"]._after_erasure()
    trail.forget(env, person.model, person.ids)
    found = {name: rows for name, rows in sorted(done.items()) if rows}
    trail.add(
        env,
        "erasure",
        model=person.model,
        res_ids=person.ids,
        details={"basis": basis, "anonymised": anonymise, "rows": found, "records_on_platforms": len(person.remote)},
    )
    env.invalidate_all(flush=False)
    env.registry.clear_cache()
    return found


def lock(env: Environment, person: Person) -> None:
    """Hold what is about the person for this transaction.

    :raises UserError: a message about the person is being sent, or another transaction works on the records
    """
    links = _found(env, "retail.sync.link", person)
    messages = _found(env, "retail.sync.message", person)
    if messages.filtered(lambda message: message.state == "sending"):
        raise UserError(env._("A change of this customer is being sent to a platform. Try again in a minute."))
    if links.try_lock_for_update() != links or messages.try_lock_for_update() != messages:
        raise UserError(env._("This customer is being synchronised at this moment. Try again in a minute."))


def _found(env: Environment, name: str, person: Person) -> models.BaseModel:
    [declared] = [entry for entry in declarations(env) if entry.model._name == name]
    return declared.model.browse(_about(env, declared, person))


def _about(env: Environment, declared: Declared, person: Person) -> list[int]:
    """Return the ids of the rows about the person; without those that are empty already."""
    erasure, model = declared.erasure, declared.model
    about = erasure.about(person)
    if about is NOTHING:
        return []
    if erasure.blank:
        left = [
            SQL("(%s IS NOT NULL AND %s::text <> %s)", SQL.identifier(name), SQL.identifier(name), BLANK)
            for name in erasure.blank
        ]
        if erasure.kept:
            left.append(SQL("NOT COALESCE(%s, FALSE)", SQL(erasure.kept)))
        about = SQL("%s AND (%s)", about, SQL(" OR ").join(left))
    rows = env.execute_query(SQL("SELECT id FROM %s WHERE %s", SQL.identifier(model._table), about))
    return [row_id for (row_id,) in rows]


def _forget(env: Environment, declared: Declared, person: Person, ids: list[int]) -> int:
    """Delete or empty the rows about the person; return how many."""
    erasure, model = declared.erasure, declared.model
    table = SQL.identifier(model._table)
    # What was said about these rows goes with them.
    if model._name != person.model:
        trail.forget(env, model._name, ids)
    emptied = ids
    if not erasure.blank or erasure.kept:
        kept = SQL(erasure.kept or "FALSE")
        emptied = [
            row_id
            for (row_id,) in env.execute_query(SQL("SELECT id FROM %s WHERE id = ANY(%s) AND %s", table, ids, kept))
        ]
        gone = sorted(set(ids) - set(emptied))
        env["ir.attachment"].search([("res_model", "=", model._name), ("res_id", "in", gone)]).unlink()
        if model._name.startswith(OURS):
            retention.delete_rows(model, gone)
        else:
            model.browse(gone).unlink()
    if emptied and erasure.blank:
        sets = [SQL("%s = %s", SQL.identifier(name), _empty(model, name)) for name in erasure.blank]
        env.cr.execute(SQL("UPDATE %s SET %s WHERE id = ANY(%s)", table, SQL(", ").join(sets), emptied))
    return len(ids)


def _empty(model: models.BaseModel, name: str) -> SQL:
    field = model._fields[name]
    return SQL("%s", BLANK) if field.required and field.type in ("char", "text") else SQL("NULL")


def _mentions(env: Environment, declared: Declared, person: Person) -> int:
    """Take the person out of rows about others; return how many there were."""
    erasure, model = declared.erasure, declared.model
    table = SQL.identifier(model._table) if model._auto else None
    count = 0
    statements: list[SQL] = []
    if person.ids:
        ids = list(person.ids)
        statements += [
            SQL("DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(name), SQL.identifier(column), ids)
            for name, column in erasure.tables
        ]
        statements += [
            SQL("UPDATE %s SET %s = NULL WHERE %s = ANY(%s)", table, SQL.identifier(name), SQL.identifier(name), ids)
            for name in erasure.unset
        ]
        elements = [json.dumps([{"id": res_id}]) for res_id in ids]
        statements += [
            SQL(
                "UPDATE %(table)s SET %(column)s = (SELECT COALESCE(jsonb_agg(entry ORDER BY number), '[]')"
                " FROM jsonb_array_elements(%(column)s) WITH ORDINALITY AS listed(entry, number)"
                " WHERE NOT COALESCE(entry->>'id' = ANY(%(ids)s), FALSE))"
                " WHERE jsonb_typeof(%(column)s) = 'array' AND %(column)s @> ANY(%(elements)s::text[]::jsonb[])",
                table=table,
                column=SQL.identifier(name),
                ids=[str(res_id) for res_id in ids],
                elements=elements,
            )
            for name in erasure.elements
        ]
    if person.remote:
        statements += [
            SQL("DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(name), SQL.identifier(column), person.external_ids)
            for name, column in erasure.remote_tables
        ]
        statements += [
            SQL(
                "UPDATE %(table)s SET %(column)s = %(column)s - %(ids)s WHERE %(column)s ?| %(ids)s",
                table=table,
                column=SQL.identifier(name),
                ids=person.external_ids,
            )
            for name in erasure.items
        ]
    for statement in statements:
        env.cr.execute(statement)
        count += env.cr.rowcount
    return count


def _pages(env: Environment, person: Person) -> int:
    """Take the person's records out of the pages of loads that are under way; pages of ended loads go."""
    model = env["retail.sync.page"].sudo()
    wanted = set(person.remote)
    if not wanted:
        return 0
    count = 0
    connections = {connection_id for connection_id, _object, _external_id in wanted}
    ended = model.search(
        [("run_id.state", "not in", ("pending", "running")), ("run_id.connection_id", "in", connections)]
    )
    count += len(ended)
    ended.unlink()
    for page in model.search([("state", "=", "pending"), ("stream_id.connection_id", "in", list(connections))]):
        stream = page.stream_id
        row_key = stream._adapter().row_key
        rows = page._rows()
        kept = [
            row
            for row in rows
            if (stream.connection_id.id, stream.remote_object, row_key(stream, row)[0]) not in wanted
        ]
        if len(kept) < len(rows):
            count += len(rows) - len(kept)
            env.cr.execute(
                "UPDATE retail_sync_page SET payload = %s, size = %s WHERE id = %s",
                [page._pack(kept), len(kept), page.id],
            )
    return count


def _dialogs(env: Environment) -> Iterator[models.BaseModel]:
    """Yield the dialogs of the engine: what is open in one is a copy of a person's values."""
    for name in sorted(env.registry):
        if name.startswith(OURS) and env.registry[name]._transient and env.registry[name]._auto:
            yield env[name].sudo()


def _open_dialogs(env: Environment, model: models.BaseModel, person: Person) -> int:
    """Delete the dialogs about the person, but the one from which the person is erased."""
    stored = [field for field in model._fields.values() if field.store and field.column_type]
    texts = [field.name for field in stored if field.type in ("char", "text", "html", "json")]
    about = [
        SQL("%s = ANY(%s)", SQL.identifier(field.name), list(person.ids))
        for field in stored
        if field.type == "many2one" and field.comodel_name == person.model and person.ids
    ]
    ids = set()
    if about:
        rows = env.execute_query(
            SQL("SELECT id FROM %s WHERE %s", SQL.identifier(model._table), SQL(" OR ").join(about))
        )
        ids |= {row_id for (row_id,) in rows}
    if texts and person.words:
        ids |= set(quotes.quoting_ids(env, model, texts, person.words, SQL("TRUE")))
    if ids:
        env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(model._table), list(ids)))
    return len(ids)
