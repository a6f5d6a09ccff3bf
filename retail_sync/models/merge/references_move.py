"""Point all that refers to some records to another one, and write down every row.

In plain SQL, as core's wizard does it: a posted entry or a mail must change hands
without being written again. Unlike core, nothing is dropped over a unique index: the
rows that refer to the row that cannot move go to the survivor's own, and what the
row held is kept.
"""

from psycopg2 import IntegrityError

from odoo.api import Environment
from odoo.tools import SQL, mute_logger

from ...runtime.halving import halve
from . import references_find, stored_values

DEEPEST = 5


def shift_keys(env: Environment, journal, table, old_ids, new, exclude=()):
    """Point foreign keys to rows of a table elsewhere.

    :param exclude: ids of rows of that table itself that need not move: they are about to go
    """
    for source, column, _effect in env["retail.sync.merging.tables"]._foreign_keys(table):
        for old in old_ids:
            _shift_column(env, journal, source, column, old, new, exclude if source == table else ())


def _shift_column(env: Environment, journal, table, column, old, new, exclude=()):
    columns = env["retail.sync.merging.tables"]._columns(table)
    if "id" in columns:
        shift(env, journal, table, column, old, new, exclude=exclude)
    elif len(columns) == 2:
        _shift_pairs(env, journal, table, column, next(name for name in columns if name != column), old, new)


def shift(env: Environment, journal, table, column, old, new, condition=None, exclude=(), depth=0):
    """Point rows from old to new, where condition holds."""
    name, field = SQL.identifier(table), SQL.identifier(column)
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
    stored_values.note_followers(env, journal, table, ids)
    moved, stuck = try_move(env, table, column, new, ids)
    if moved:
        journal.moved.append({"table": table, "column": column, "ids": moved, "old": old, "new": new})
    for row_id, index in stuck:
        _take_out(env, journal, table, row_id, _twin(env, table, row_id, index, column, new), depth)


def try_move(env: Environment, table, column, new, ids):
    """Set a column of rows; return (ids that went, [(id, name of the index or check that refused it)])."""

    def move(part):
        with mute_logger("odoo.sql_db"), env.cr.savepoint(flush=False):
            env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", *_names(table, column), new, part))
        return part, []

    def refused(row_id, error):
        return [], [(row_id, error.diag.constraint_name or "")]

    found = halve(ids, move, refused, passes_on=lambda error: not isinstance(error, IntegrityError))
    return [row_id for moved, _stuck in found for row_id in moved], [row for _moved, stuck in found for row in stuck]


def _names(table, column):
    return SQL.identifier(table), SQL.identifier(column)


def _twin(env: Environment, table, row_id, index, column, new):
    """Return the id of the row that stands where this one cannot go, or None."""
    columns = env["retail.sync.merging.tables"]._unique_columns(index)
    if column not in columns:
        return None
    same = [SQL("twin.%s = held.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns if name != column]
    rows = env.execute_query(
        SQL(
            "SELECT twin.id FROM %s held JOIN %s twin ON %s WHERE held.id = %s AND twin.%s = %s LIMIT 1",
            SQL.identifier(table),
            SQL.identifier(table),
            SQL(" AND ").join(same) if same else SQL("TRUE"),
            row_id,
            SQL.identifier(column),
            new,
        )
    )
    return rows[0][0] if rows else None


def _take_out(env: Environment, journal, table, row_id, twin=None, depth=0):
    """Remove a row that cannot move. What refers to it goes to its twin, or is kept with it."""
    name = SQL.identifier(table)
    rows = env.execute_query(SQL("SELECT to_jsonb(held) FROM %s held WHERE id = %s", name, row_id))
    if not rows:
        return
    for source, column, effect in env["retail.sync.merging.tables"]._foreign_keys(table):
        if twin:
            _shift_column(env, journal, source, column, row_id, twin)
        elif effect == "c":
            _take_out_dependents(env, journal, source, column, row_id, depth)
        elif effect == "n":
            shift(env, journal, source, column, row_id, None)
    model = references_find.model_of(env, table)
    if twin and model is not None:
        shift_references(env, journal, model._name, [row_id], twin)
        shift_company_values(env, journal, model._name, [row_id], twin)
    journal.lost.append({"table": table, "row": rows[0][0]})
    env.cr.execute(SQL("DELETE FROM %s WHERE id = %s", name, row_id))


def _take_out_dependents(env: Environment, journal, table, column, value, depth):
    if "id" in env["retail.sync.merging.tables"]._columns(table) and depth < DEEPEST:
        for (row_id,) in env.execute_query(SQL("SELECT id FROM %s WHERE %s = %s", *_names(table, column), value)):
            _take_out(env, journal, table, row_id, depth=depth + 1)
        return
    rows = env.execute_query(SQL("SELECT to_jsonb(held) FROM %s held WHERE %s = %s", *_names(table, column), value))
    journal.lost.extend({"table": table, "row": row} for (row,) in rows)


def _shift_pairs(env: Environment, journal, table, column, other, old, new):
    """Point the pairs of a relation elsewhere; those that are there already become one."""
    name, left, right = SQL.identifier(table), SQL.identifier(column), SQL.identifier(other)
    rows = env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s ORDER BY 1", right, name, left, old))
    if not rows:
        return
    values = [value for (value,) in rows]
    had = env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s", right, name, left, new))
    added = sorted(set(values) - {value for (value,) in had})
    env.cr.execute(SQL("DELETE FROM %s WHERE %s = %s", name, left, old))
    if added:
        env.cr.execute(SQL("INSERT INTO %s (%s, %s) SELECT %s, unnest(%s)", name, left, right, new, added))
    journal.pairs.append(
        {"table": table, "column": column, "other": other, "old": old, "values": values, "new": new, "added": added}
    )


# -- what no foreign key tells


def shift_references(env: Environment, journal, model_name, old_ids, new):
    """Point what names a record by model and id elsewhere: attachments, mails, activities, external ids."""
    for table, column, kind in env["retail.sync.merging.tables"]._many2one_references():
        condition = SQL("%s = %s", SQL.identifier(kind), model_name)
        if table == "ir_attachment":
            # A picture is a value of its record, and there can be only one.
            condition = SQL("%s AND res_field IS NULL", condition)
        for old in old_ids:
            shift(env, journal, table, column, old, new, condition)
            recompute(env, journal.moved[-1:], table, column)
    for table, column in env["retail.sync.merging.tables"]._reference_fields():
        for old in old_ids:
            shift(env, journal, table, column, f"{model_name},{old}", f"{model_name},{new}")


def recompute(env: Environment, moves, table, column):
    """Let the ORM compute again what it stores beside a reference, such as the name of its record."""
    ids = [row_id for move in moves if (move["table"], move["column"]) == (table, column) for row_id in move["ids"]]
    model = references_find.model_of(env, table)
    if ids and model is not None:
        records = model.sudo().browse(ids).exists()
        records.invalidate_recordset()
        records.modified([column])


def shift_company_values(env: Environment, journal, model_name, old_ids, new):
    """Point values per company elsewhere; only where they name one of these records."""
    olds = [str(old) for old in old_ids]
    for table, column in env["retail.sync.merging.tables"]._company_columns(model_name):
        name, field = _names(table, column)
        rows = env.execute_query(
            SQL(
                "SELECT held.id, entry.key, entry.value FROM %s held, jsonb_each_text(held.%s) entry"
                " WHERE held.%s IS NOT NULL AND entry.value = ANY(%s) ORDER BY 1, 2",
                name,
                field,
                field,
                olds,
            )
        )
        for row_id, key, value in rows:
            set_company_value(env, table, column, row_id, key, int(value), new)
            journal.company.append(
                {"table": table, "column": column, "id": row_id, "key": key, "old": int(value), "new": new}
            )


def set_company_value(env: Environment, table, column, row_id, key, old, new):
    """Set a value per company, if it still is old; return whether it was."""
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
