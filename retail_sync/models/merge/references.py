"""Point everything that refers to merged records to the survivor, and record every row in the journal of the merge.

The rows move in plain SQL, as in the core wizard: a posted entry or a mail must change hands without being written
again. Unlike the core wizard, these functions drop nothing over a unique index. A row that cannot move is taken out:
rows that refer to it go to the survivor's own row, and the journal keeps its values.

Journal entries under a hash are sealed: the hash covers the customer, so a sealed entry never moves. The core wizard
moves sealed entries, and the integrity report shows a broken hash from then on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from psycopg2 import IntegrityError

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ...domain.merge.journal import Journal, changed
from ...runtime.halving import halve
from .reference_tables import model_of, tables

# How many levels of cascading deletions are taken out row by row, so that references to these rows are kept too.
MAX_DEPTH = 5
# How many sealed entries a message names.
NAMED_ENTRIES = 3


# -- foreign keys


def shift_keys(
    env: Environment, journal: Journal, table: str, old_ids: Iterable[int], new: int, exclude: Collection[int] = ()
) -> None:
    """Point all foreign keys from old rows of a table to a new row.

    :param exclude: ids of rows of that table itself that need not move, because they are about to be deleted
    """
    for source, column, _effect in tables(env)._foreign_keys(table):
        for old in old_ids:
            _shift_column(env, journal, source, column, old, new, exclude if source == table else ())


def _shift_column(
    env: Environment, journal: Journal, table: str, column: str, old: int, new: int, exclude: Collection[int] = ()
) -> None:
    columns = tables(env)._columns(table)
    if "id" in columns:
        shift(env, journal, table, column, old, new, exclude=exclude)
    elif len(columns) == 2:
        _shift_pairs(env, journal, table, column, next(name for name in columns if name != column), old, new)


def shift(
    env: Environment,
    journal: Journal,
    table: str,
    column: str,
    old: int | str,
    new: int | str | None,
    condition: SQL | None = None,
    exclude: Collection[int] = (),
    depth: int = 0,
) -> None:
    """Point the rows that refer to ``old`` to ``new``, and take out the rows that cannot move.

    :param condition: further condition on the rows; None moves all of them
    :param depth: level of cascading deletions, at most ``MAX_DEPTH``
    """
    name, field = _names(table, column)
    rows = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE %s = %s AND %s AND id <> ALL(%s) ORDER BY id",
            name,
            field,
            old,
            condition or SQL("TRUE"),
            list(exclude),
        )
    )
    if not rows:
        return
    ids = [row_id for (row_id,) in rows]
    note_computed(env, journal, table, ids)
    moved, refused = try_move(env, table, column, new, ids)
    if moved:
        journal.moved.append({"table": table, "column": column, "ids": moved, "old": old, "new": new})
    for row_id, index in refused:
        _take_out(env, journal, table, row_id, _row_in_the_way(env, table, row_id, index, column, new), depth)


def try_move(
    env: Environment, table: str, column: str, new: int | str | None, ids: list[int]
) -> tuple[list[int], list[tuple[int, str]]]:
    """Set a column of rows; return (ids that moved, [(id, name of the index or check that refused the row)])."""

    def move(part: list[int]) -> tuple[list[int], list[tuple[int, str]]]:
        with mute_logger("odoo.sql_db"), env.cr.savepoint(flush=False):
            env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", *_names(table, column), new, part))
        return part, []

    def refuse(row_id: int, error: Exception) -> tuple[list[int], list[tuple[int, str]]]:
        return [], [(row_id, error.diag.constraint_name or "")]

    results = halve(ids, move, refuse, passes_on=lambda error: not isinstance(error, IntegrityError))
    return [row_id for moved, _rows in results for row_id in moved], [row for _ids, rows in results for row in rows]


def _names(table: str, column: str) -> tuple[SQL, SQL]:
    return SQL.identifier(table), SQL.identifier(column)


def _row_in_the_way(
    env: Environment, table: str, row_id: int, index: str, column: str, new: int | str | None
) -> int | None:
    """Return the id of the row that already has the place to which a row cannot move, or None."""
    columns = tables(env)._unique_columns(index)
    if column not in columns:
        return None
    equal = [
        SQL("present.%s = refused.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns if name != column
    ]
    rows = env.execute_query(
        SQL(
            "SELECT present.id FROM %s refused JOIN %s present ON %s WHERE refused.id = %s AND present.%s = %s LIMIT 1",
            SQL.identifier(table),
            SQL.identifier(table),
            SQL(" AND ").join(equal) if equal else SQL("TRUE"),
            row_id,
            SQL.identifier(column),
            new,
        )
    )
    return rows[0][0] if rows else None


def _take_out(
    env: Environment, journal: Journal, table: str, row_id: int, replacement: int | None = None, depth: int = 0
) -> None:
    """Delete a row that cannot move, and keep its values in the journal.

    Rows that refer to it go to the replacement, a row of the survivor. Without a replacement they are kept with it.
    """
    name = SQL.identifier(table)
    rows = env.execute_query(SQL("SELECT to_jsonb(refused) FROM %s refused WHERE id = %s", name, row_id))
    if not rows:
        return
    for source, column, effect in tables(env)._foreign_keys(table):
        if replacement:
            _shift_column(env, journal, source, column, row_id, replacement)
        elif effect == "c":
            _take_out_dependents(env, journal, source, column, row_id, depth)
        elif effect == "n":
            shift(env, journal, source, column, row_id, None)
    model = model_of(env, table)
    if replacement and model is not None:
        shift_references(env, journal, model._name, [row_id], replacement)
        shift_company_values(env, journal, model._name, [row_id], replacement)
    journal.lost.append({"table": table, "row": rows[0][0]})
    env.cr.execute(SQL("DELETE FROM %s WHERE id = %s", name, row_id))


def _take_out_dependents(env: Environment, journal: Journal, table: str, column: str, value: int, depth: int) -> None:
    if "id" in tables(env)._columns(table) and depth < MAX_DEPTH:
        for (row_id,) in env.execute_query(SQL("SELECT id FROM %s WHERE %s = %s", *_names(table, column), value)):
            _take_out(env, journal, table, row_id, depth=depth + 1)
        return
    name, field = _names(table, column)
    rows = env.execute_query(SQL("SELECT to_jsonb(stored) FROM %s stored WHERE %s = %s", name, field, value))
    journal.lost.extend({"table": table, "row": row} for (row,) in rows)


def _shift_pairs(env: Environment, journal: Journal, table: str, column: str, other: str, old: int, new: int) -> None:
    """Point the pairs of a relation table to the survivor; a pair that the survivor has already becomes one with it."""
    name, left, right = SQL.identifier(table), SQL.identifier(column), SQL.identifier(other)
    rows = env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s ORDER BY 1", right, name, left, old))
    if not rows:
        return
    values = [value for (value,) in rows]
    present = env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s", right, name, left, new))
    added = sorted(set(values) - {value for (value,) in present})
    env.cr.execute(SQL("DELETE FROM %s WHERE %s = %s", name, left, old))
    if added:
        env.cr.execute(SQL("INSERT INTO %s (%s, %s) SELECT %s, unnest(%s)", name, left, right, new, added))
    journal.pairs.append(
        {"table": table, "column": column, "other": other, "old": old, "values": values, "new": new, "added": added}
    )


# -- references without a foreign key


def shift_references(env: Environment, journal: Journal, model_name: str, old_ids: Sequence[int], new: int) -> None:
    """Point fields that name a record by model and id to a new record: attachments, mails, activities, external ids."""
    for table, column, model_column in tables(env)._many2one_references():
        condition = SQL("%s = %s", SQL.identifier(model_column), model_name)
        if table == "ir_attachment":
            # A picture is a value of its record, and a record has one picture per field.
            condition = SQL("%s AND res_field IS NULL", condition)
        for old in old_ids:
            shift(env, journal, table, column, old, new, condition)
            recompute(env, journal.moved[-1:], table, column)
    for table, column in tables(env)._reference_fields():
        for old in old_ids:
            shift(env, journal, table, column, f"{model_name},{old}", f"{model_name},{new}")


def recompute(env: Environment, moves: Iterable[Mapping[str, Any]], table: str, column: str) -> None:
    """Let the ORM compute again what it stores beside a reference, such as the name of the referenced record.

    :param moves: entries of ``Journal.moved``; those of other columns are ignored
    """
    ids = [row_id for move in moves if (move["table"], move["column"]) == (table, column) for row_id in move["ids"]]
    model = model_of(env, table)
    if ids and model is not None:
        records = model.sudo().browse(ids).exists()
        records.invalidate_recordset()
        records.modified([column])


def shift_company_values(env: Environment, journal: Journal, model_name: str, old_ids: Iterable[int], new: int) -> None:
    """Point values per company to a new record, where they name one of the old records."""
    old_texts = [str(old) for old in old_ids]
    for table, column in tables(env)._company_columns(model_name):
        name, field = _names(table, column)
        rows = env.execute_query(
            SQL(
                "SELECT stored.id, entry.key, entry.value FROM %s stored, jsonb_each_text(stored.%s) entry"
                " WHERE stored.%s IS NOT NULL AND entry.value = ANY(%s) ORDER BY 1, 2",
                name,
                field,
                field,
                old_texts,
            )
        )
        for row_id, key, value in rows:
            set_company_value(env, table, column, row_id, key, int(value), new)
            journal.company.append(
                {"table": table, "column": column, "id": row_id, "key": key, "old": int(value), "new": new}
            )


def set_company_value(env: Environment, table: str, column: str, row_id: int, key: str, old: int, new: int) -> bool:
    """Replace a value per company; return False, and change nothing, when the stored value is no longer ``old``."""
    name, field = _names(table, column)
    env.cr.execute(
        SQL(
            "UPDATE %s SET %s = jsonb_set(%s, ARRAY[%s], to_jsonb(%s::int)) WHERE id = %s AND %s ->> %s = %s",
            name,
            field,
            field,
            key,
            new,
            row_id,
            field,
            key,
            str(old),
        )
    )
    return bool(env.cr.rowcount)


# -- sealed entries


def refuse_sealed(env: Environment, losers: models.BaseModel) -> None:
    """Refuse a merge that would take sealed entries from a customer.

    :raises UserError: names the entries and what to do instead
    """
    if sentence := sealed_obstacle(env, losers):
        raise UserError(sentence)


def sealed_obstacle(env: Environment, losers: models.BaseModel) -> str | None:
    """Return the sentence why one of these customers cannot become part of another customer, or None."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT line.partner_id, array_agg(DISTINCT move.name ORDER BY move.name)"
            " FROM account_move_line line JOIN account_move move ON move.id = line.move_id"
            " WHERE line.partner_id = ANY(%s) AND move.inalterable_hash IS NOT NULL"
            " GROUP BY line.partner_id ORDER BY line.partner_id LIMIT 1",
            losers.ids,
        )
    )
    for partner_id, names in rows:
        more = "" if len(names) <= NAMED_ENTRIES else ", …"
        return env._(
            "%(customer)s (#%(id)s) has journal entries that are sealed by a hash (%(entries)s), and sealed entries "
            "cannot move to another customer. Choose this customer as the survivor. If both customers have sealed "
            "entries, they cannot be merged.",
            customer=env["res.partner"].browse(partner_id).display_name,
            id=partner_id,
            entries=", ".join(names[:NAMED_ENTRIES]) + more,
        )
    return None


def sealed_rows(env: Environment, table: str, ids: Sequence[int], partner_id: int) -> set[int]:
    """Return the ids of those rows of a table that a seal keeps with a customer.

    The hash covers the customer of each line, not the customer of the entry; an entry and its lines stay together.
    """
    if table == "account_move":
        query = SQL(
            "SELECT id FROM account_move move WHERE id = ANY(%s) AND inalterable_hash IS NOT NULL AND EXISTS ("
            "SELECT FROM account_move_line line WHERE line.move_id = move.id AND line.partner_id = %s)",
            ids,
            partner_id,
        )
    elif table == "account_move_line":
        query = SQL(
            "SELECT line.id FROM account_move_line line JOIN account_move move ON move.id = line.move_id"
            " WHERE line.id = ANY(%s) AND move.inalterable_hash IS NOT NULL",
            ids,
        )
    else:
        return set()
    return {row_id for (row_id,) in env.execute_query(query)}


# -- stored values before and after a merge


def stored_rows(
    env: Environment, table: str, ids: Iterable[int], names: Sequence[str] | None = None
) -> dict[int, dict[str, Any]]:
    """Return {id: the stored row as JSON}, all columns or those named."""
    env.flush_all()
    columns = SQL(", ").join(SQL.identifier(name) for name in names or ())
    return dict(
        env.execute_query(
            SQL(
                "SELECT id, %s FROM %s stored WHERE id = ANY(%s)",
                SQL("(SELECT to_jsonb(part) FROM (SELECT %s) part)", columns) if names else SQL("to_jsonb(stored)"),
                SQL.identifier(table),
                list(ids),
            )
        )
    )


def note_computed(env: Environment, journal: Journal, table: str, ids: Iterable[int]) -> None:
    """Record stored values that are computed from the customer, before the merge computes them from the survivor."""
    known = {row["id"] for row in journal.computed if row["table"] == table}
    names = tables(env)._computed_columns(table, "res.partner")
    fresh = sorted(set(ids) - known)
    if names and fresh:
        journal.computed += [
            {"table": table, "id": row_id, "before": {name: row.get(name) for name in names}}
            for row_id, row in stored_rows(env, table, fresh, names).items()
        ]


def close_computed(env: Environment, journal: Journal) -> None:
    """Keep only computed values that the merge changed."""
    kept = []
    for table in sorted({row["table"] for row in journal.computed}):
        noted = [row for row in journal.computed if row["table"] == table]
        now = stored_rows(env, table, [row["id"] for row in noted], tuple(noted[0]["before"]))
        for row in noted:
            if row["id"] in now and (difference := changed(row["before"], now[row["id"]])):
                kept.append({"table": table, "id": row["id"], **difference})
    journal.computed = kept


def note_people(journal: Journal, before: Mapping[int, dict], after: Mapping[int, dict]) -> None:
    """Record how the merge changed the survivor and its relatives, given {id: row} before and after."""
    for row_id, row in before.items():
        if row_id in after and (difference := changed(row, after[row_id])):
            journal.people[str(row_id)] = difference
