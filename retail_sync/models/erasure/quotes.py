"""Texts that quote a person: the words are replaced, or the row that quotes goes."""

import json
from collections.abc import Iterable, Sequence

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.security.erasure import ERASED, as_pattern
from ...runtime.erasure import Declared, Person


def replace(env: Environment, declared: Declared, person: Person) -> int:
    """Replace what the rows of a model quote of a person, or delete the rows; return how many quoted."""
    erasure, model = declared.erasure, declared.model
    columns = [name for name in erasure.quotes if _stored(model, name)]
    ids = _ids_of(env, model, columns, person, SQL(erasure.quoting or "TRUE"))
    if erasure.quoting:
        model.browse(ids).unlink()
    else:
        _replace_in(env, model, columns, person, ids)
    of_others = _ids_of(env, model, erasure.values, person, SQL("res_model <> %s", person.model))
    _replace_in(env, model, erasure.values, person, of_others)
    return len({*ids, *of_others})


def _ids_of(
    env: Environment, model: models.BaseModel, columns: Sequence[str], person: Person, condition: SQL
) -> list[int]:
    return quoting_ids(env, model, columns, person.words, condition) if person.words and columns else []


def _replace_in(
    env: Environment, model: models.BaseModel, columns: Sequence[str], person: Person, ids: Sequence[int]
) -> None:
    if not ids:
        return
    env.cr.execute(
        SQL(
            "UPDATE %s SET %s WHERE id = ANY(%s)",
            SQL.identifier(model._table),
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), _replaced(model, name, person.words)) for name in columns
            ),
            list(ids),
        )
    )


def quoting_ids(
    env: Environment, model: models.BaseModel, columns: Iterable[str], words: Sequence[str], condition: SQL
) -> list[int]:
    """Return the ids of rows of which one of the columns holds one of the words."""
    tests = [
        SQL(
            "%s::text LIKE ANY(%s)",
            SQL.identifier(name),
            [as_pattern(word) for word in _spellings(model, name, words)],
        )
        for name in columns
    ]
    rows = env.execute_query(
        SQL("SELECT id FROM %s WHERE %s AND (%s)", SQL.identifier(model._table), condition, SQL(" OR ").join(tests))
    )
    return [row_id for (row_id,) in rows]


def _stored(model: models.BaseModel, name: str) -> bool:
    field = model._fields.get(name)
    return field is not None and bool(field.store) and bool(field.column_type)


def _is_json(model: models.BaseModel, name: str) -> bool:
    field = model._fields[name]
    return bool(field.column_type and field.column_type[0] == "jsonb")


def _spellings(model: models.BaseModel, name: str, words: Sequence[str]) -> list[str]:
    """Return the words as a column spells them: JSON escapes quotation marks and backslashes."""
    if not _is_json(model, name):
        return list(words)
    return [json.dumps(word, ensure_ascii=False)[1:-1] for word in words]


def _replaced(model: models.BaseModel, name: str, words: Sequence[str]) -> SQL:
    """Return the value of a column with each word replaced, the longest first."""
    found = SQL("%s::text", SQL.identifier(name))
    for word in _spellings(model, name, words):
        found = SQL("replace(%s, %s, %s)", found, word, ERASED)
    return SQL("(%s)::jsonb", found) if _is_json(model, name) else found
