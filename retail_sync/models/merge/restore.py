"""Restore rows as the journal of a merge recorded them; later changes stay."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg2 import IntegrityError

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ...domain.merge.journal import Journal, to_restore
from . import references
from .reference_tables import model_of, tables


def restore(env: Environment, losers: Iterable[dict[str, Any]], journal: Journal) -> list[str]:
    """Insert the losers' rows, and move back what belonged to them; return sentences about what could not be restored.

    :param losers: stored rows of the customers that the merge deleted
    :raises UserError: when a customer cannot be inserted
    """
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


def _insert(env: Environment, table: str, row: Mapping[str, Any]) -> list[str]:
    """Insert a row as it was; return sentences about what could not be restored.

    A column that refers to a deleted record stays empty; a column that an upgrade dropped is left out.
    """
    columns = [name for name in tables(env)._columns(table) if name in row]
    row, report = dict(row), []
    for column, target in tables(env)._outgoing_foreign_keys(table):
        if row.get(column) and not (target == table and row[column] == row.get("id")):
            found = env.execute_query(SQL("SELECT 1 FROM %s WHERE id = %s", SQL.identifier(target), row[column]))
            if not found:
                row[column] = None
                report.append(
                    env._(
                        "%(table)s %(id)s: the record in '%(column)s' was deleted, so the column stays empty.",
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
                "A row of %(table)s was not restored: its owner was deleted, or an equal row exists by now.",
                table=table,
            )
        ]
    return report


def _move_back(env: Environment, journal: Journal) -> list[str]:
    """Point rows back that still refer to the survivor."""
    report = []
    reference_columns = {(table, column) for table, column, _kind in tables(env)._many2one_references()}
    for move in reversed(journal.moved):
        ids = movable_ids(env, move)
        done: list[int] = []
        if ids:
            done, _refused = references.try_move(env, move["table"], move["column"], move["old"], ids)
        if (move["table"], move["column"]) in reference_columns:
            references.recompute(env, [dict(move, ids=done)], move["table"], move["column"])
        if len(move["ids"]) > len(done):
            model = model_of(env, move["table"])
            report.append(
                env._(
                    "%(count)s rows of %(table)s stay where they are: they were changed, deleted or sealed by a hash "
                    "after the merge.",
                    count=len(move["ids"]) - len(done),
                    table=move["table"] if model is None else model._description,
                )
            )
    for pair in reversed(journal.pairs):
        _split_pairs(env, pair)
    for value in reversed(journal.company):
        references.set_company_value(
            env, value["table"], value["column"], value["id"], value["key"], value["new"], value["old"]
        )
    return report


def movable_ids(env: Environment, move: Mapping[str, Any]) -> list[int]:
    """Return the ids of moved rows that still refer to the survivor and that no seal keeps there."""
    unchanged = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE id = ANY(%s) AND %s IS NOT DISTINCT FROM %s ORDER BY id",
            SQL.identifier(move["table"]),
            move["ids"],
            SQL.identifier(move["column"]),
            move["new"],
        )
    )
    sealed = references.sealed_rows(env, move["table"], move["ids"], move["new"])
    return [row_id for (row_id,) in unchanged if row_id not in sealed]


def _split_pairs(env: Environment, pair: Mapping[str, Any]) -> None:
    """Give the loser its pairs again, and remove from the survivor the pairs that the merge added."""
    name, left, right = (SQL.identifier(pair[key]) for key in ("table", "column", "other"))
    env.cr.execute(SQL("DELETE FROM %s WHERE %s = %s AND %s = ANY(%s)", name, left, pair["new"], right, pair["added"]))
    # A target that was deleted after the merge cannot be paired again.
    target = dict(tables(env)._outgoing_foreign_keys(pair["table"])).get(pair["other"])
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


def _restore_pictures(env: Environment, journal: Journal) -> None:
    """Give the losers their pictures back, and remove from the survivor the pictures that it took over."""
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


def _restore_people(env: Environment, journal: Journal) -> list[str]:
    """Restore the values of the survivor and its relatives; values that were edited after the merge stay."""
    report = []
    now = references.stored_rows(env, "res_partner", [int(row_id) for row_id in journal.people])
    for row_id, difference in journal.people.items():
        if int(row_id) not in now:
            continue
        values, kept = to_restore(difference, now[int(row_id)])
        report += kept_lines(env, int(row_id), kept)
        if values:
            _set_columns(env, "res_partner", int(row_id), values)
            _recompute_dependents(env, int(row_id), values)
    env.flush_all()
    # Computed values come last: the ORM has recomputed them, and a value that a person entered before the merge wins.
    _restore_computed(env, journal)
    return report


def _restore_computed(env: Environment, journal: Journal) -> None:
    rows_by_table: dict[str, list[dict[str, Any]]] = {}
    for row in journal.computed:
        rows_by_table.setdefault(row["table"], []).append(row)
    for table, rows in rows_by_table.items():
        now = references.stored_rows(env, table, [row["id"] for row in rows])
        for row in rows:
            values, _kept = to_restore(row, now.get(row["id"], {}))
            if values:
                _set_columns(env, table, row["id"], values)


def _recompute_dependents(env: Environment, partner_id: int, values: Mapping[str, Any]) -> None:
    """Let the ORM compute again what it stores elsewhere from these values."""
    partner = env["res.partner"].browse(partner_id)
    partner.invalidate_recordset()
    partner.modified([name for name in values if name in partner._fields])


def kept_lines(env: Environment, partner_id: int, names: Iterable[str]) -> list[str]:
    """Return a sentence for each column that stays because it was edited after the merge."""
    partner = env["res.partner"].browse(partner_id)
    return [
        env._(
            "%(customer)s keeps its %(field)s: it was edited after the merge.",
            customer=partner.display_name,
            field=partner._fields[name]._description_string(env) if name in partner._fields else name,
        )
        for name in names
    ]


def _set_columns(env: Environment, table: str, row_id: int, values: Mapping[str, Any]) -> None:
    names = [SQL.identifier(name) for name in sorted(values)]
    env.cr.execute(
        SQL(
            "UPDATE %s stored SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, %s::jsonb))"
            " WHERE stored.id = %s",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(names),
            SQL.identifier(table),
            json.dumps(values),
            row_id,
        )
    )
