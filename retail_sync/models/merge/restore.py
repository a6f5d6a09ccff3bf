"""Put rows back as a journal says they were; what somebody changed since stays."""

import json

from psycopg2 import IntegrityError

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ...domain.merge.journal import to_restore
from . import references_find, references_move, sealed_entries, stored_values, undo


def restore(env: Environment, losers, journal):
    """Insert the losers' rows, and move back what was theirs; return sentences about what could not be."""
    report = []
    for row in losers:
        report += _insert(env, "res_partner", row)
    for lost in reversed(journal.lost):
        report += _insert(env, lost["table"], lost["row"])
    env.invalidate_all()
    report += _move_back(env, journal)
    _restore_pictures(env, journal)
    report += _restore_people(env, journal)
    return report


def _insert(env: Environment, table, row):
    """Insert a row as it was; return what has to be said about it.

    A column that names what is gone by now stays empty; one that an upgrade dropped is left out.
    """
    columns = [name for name in env["retail.sync.merging.tables"]._columns(table) if name in row]
    row, report = dict(row), []
    for column, target in env["retail.sync.merging.tables"]._own_foreign_keys(table):
        if row.get(column) and not (target == table and row[column] == row.get("id")):
            found = env.execute_query(SQL("SELECT 1 FROM %s WHERE id = %s", SQL.identifier(target), row[column]))
            if not found:
                row[column] = None
                report.append(
                    env._(
                        "%(table)s %(id)s: what '%(column)s' named is gone.",
                        table=table,
                        id=row.get("id") or "",
                        column=column,
                    )
                )
    names = SQL(", ").join(SQL.identifier(name) for name in columns)
    try:
        with mute_logger("odoo.sql_db"), env.cr.savepoint(flush=False):
            env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_record(NULL::%s, %s::jsonb)",
                    SQL.identifier(table),
                    names,
                    names,
                    SQL.identifier(table),
                    json.dumps(row),
                )
            )
    except IntegrityError as error:
        if table == "res_partner":
            raise UserError(env._("The customer cannot be restored: %s", error.diag.message_primary)) from error
        return [
            env._(
                "A row of %(table)s was not restored: what it belongs to is gone, or its like is there by now.",
                table=table,
            )
        ]
    return report


def _move_back(env: Environment, journal):
    """Point rows back that still point where the merge put them."""
    report = []
    references = {(table, column) for table, column, _kind in env["retail.sync.merging.tables"]._many2one_references()}
    for move in reversed(journal.moved):
        ids = still_there(env, move)
        done, stuck = (
            references_move.try_move(env, move["table"], move["column"], move["old"], ids) if ids else ([], [])
        )
        if (move["table"], move["column"]) in references:
            references_move.recompute(env, [dict(move, ids=done)], move["table"], move["column"])
        if len(move["ids"]) > len(done):
            report.append(
                env._(
                    "%(count)s rows of %(table)s stay where they are: they were changed, deleted or sealed by a "
                    "hash since.",
                    count=len(move["ids"]) - len(done),
                    table=references_find.model_of(env, move["table"])._description
                    if references_find.model_of(env, move["table"]) is not None
                    else move["table"],
                )
            )
    for pair in reversed(journal.pairs):
        _split_pairs(env, pair)
    for value in reversed(journal.company):
        references_move.set_company_value(
            env, value["table"], value["column"], value["id"], value["key"], value["new"], value["old"]
        )
    return report


def still_there(env: Environment, move):
    """Return the ids of moved rows that still point where the merge put them, and may be moved."""
    found = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) AND %s IS NOT DISTINCT FROM %s ORDER BY id",
            SQL.identifier(move["table"]),
            move["ids"],
            SQL.identifier(move["column"]),
            move["new"],
        )
    )
    sealed = sealed_entries.rows(env, move["table"], move["ids"], move["new"])
    return [row_id for (row_id,) in found if row_id not in sealed]


def _split_pairs(env: Environment, pair):
    """Give the loser its pairs again; the survivor loses those it got from it and still has."""
    name, left, right = (SQL.identifier(pair[key]) for key in ("table", "column", "other"))
    env.cr.execute(SQL("DELETE FROM %s WHERE %s = %s AND %s = ANY(%s)", name, left, pair["new"], right, pair["added"]))
    # One that was taken from the survivor since was meant for both.
    target = dict(env["retail.sync.merging.tables"]._own_foreign_keys(pair["table"])).get(pair["other"])
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s, %s) SELECT %s, value FROM unnest(%s) value WHERE %s ON CONFLICT DO NOTHING",
            name,
            left,
            right,
            pair["old"],
            pair["values"],
            SQL("EXISTS (SELECT FROM %s WHERE id = value)", SQL.identifier(target)) if target else SQL("TRUE"),
        )
    )


def _restore_pictures(env: Environment, journal):
    """Give the losers their pictures back, and take from the survivor those that were theirs."""
    env["ir.attachment"].browse(journal.pictures).exists().unlink()
    for picture in journal.parked:
        env.cr.execute(
            SQL(
                "UPDATE ir_attachment SET res_model = 'res.partner', res_id = %s, res_field = %s"
                " WHERE id = %s AND res_model = 'retail.sync.merge'",
                picture["res_id"],
                picture["res_field"],
                picture["id"],
            )
        )
    env["ir.attachment"].invalidate_model()


def _restore_people(env: Environment, journal):
    """Give the survivor and its family the values they had; what was edited since stays."""
    report = []
    now = stored_values.rows_of(env, "res_partner", [int(row_id) for row_id in journal.people])
    for row_id, difference in journal.people.items():
        if int(row_id) not in now:
            continue
        values, kept = to_restore(difference, now[int(row_id)])
        report += undo.kept_lines(env, int(row_id), kept)
        if values:
            _set_columns(env, "res_partner", int(row_id), values)
            _tell_dependents(env, int(row_id), values)
    env.flush_all()
    # Last: what was computed from them follows by itself, and a person's own word counts more than that.
    _restore_followers(env, journal)
    return report


def _restore_followers(env: Environment, journal):
    tables = {}
    for row in journal.computed:
        tables.setdefault(row["table"], []).append(row)
    for table, rows in tables.items():
        now = stored_values.rows_of(env, table, [row["id"] for row in rows])
        for row in rows:
            values, _kept = to_restore(row, now.get(row["id"], {}))
            if values:
                _set_columns(env, table, row["id"], values)


def _tell_dependents(env: Environment, partner_id, values):
    """Let the ORM compute again what it stores elsewhere of these values."""
    partner = env["res.partner"].browse(partner_id)
    partner.invalidate_recordset()
    partner.modified([name for name in values if name in partner._fields])


def _set_columns(env: Environment, table, row_id, values):
    names = [SQL.identifier(name) for name in sorted(values)]
    env.cr.execute(
        SQL(
            "UPDATE %s held SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, %s::jsonb)) WHERE held.id = %s",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(names),
            SQL.identifier(table),
            json.dumps(values),
            row_id,
        )
    )
