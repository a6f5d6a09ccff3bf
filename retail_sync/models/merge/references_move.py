from psycopg2 import IntegrityError

from odoo import api, models
from odoo.tools import SQL, mute_logger

DEEPEST = 5


class RetailSyncMergingRows(models.AbstractModel):
    """Point all that refers to some records to another one, and write down every row.

    In plain SQL, as core's wizard does it: a posted entry or a mail must change hands
    without being written again. Unlike core, nothing is dropped over a unique index: the
    rows that refer to the row that cannot move go to the survivor's own, and what the
    row held is kept.
    """

    _name = "retail.sync.merging.rows"
    _description = "Rows of merged records"

    @api.model
    def _shift_keys(self, journal, table, old_ids, new, exclude=()):
        """Point foreign keys to rows of a table elsewhere.

        :param exclude: ids of rows of that table itself that need not move: they are about to go
        """
        tables = self.env["retail.sync.merging.tables"]
        for source, column, _effect in tables._foreign_keys(table):
            for old in old_ids:
                self._shift_column(journal, source, column, old, new, exclude if source == table else ())

    @api.model
    def _shift_column(self, journal, table, column, old, new, exclude=()):
        columns = self.env["retail.sync.merging.tables"]._columns(table)
        if "id" in columns:
            self._shift(journal, table, column, old, new, exclude=exclude)
        elif len(columns) == 2:
            self._shift_pairs(journal, table, column, next(name for name in columns if name != column), old, new)

    @api.model
    def _shift(self, journal, table, column, old, new, condition=None, exclude=(), depth=0):
        """Point rows from old to new, where condition holds."""
        name, field = SQL.identifier(table), SQL.identifier(column)
        rows = self.env.execute_query(
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
        self.env["retail.sync.merging.values"]._note_followers(journal, table, ids)
        moved, stuck = self._try_move(table, column, new, ids)
        if moved:
            journal.moved.append({"table": table, "column": column, "ids": moved, "old": old, "new": new})
        for row_id, index in stuck:
            self._take_out(journal, table, row_id, self._twin(table, row_id, index, column, new), depth)

    @api.model
    def _try_move(self, table, column, new, ids):
        """Set a column of rows; return (ids that went, [(id, name of the index or check that refused it)])."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL("UPDATE %s SET %s = %s WHERE id = ANY(%s)", *self._names(table, column), new, ids)
                )
            return ids, []
        except IntegrityError as error:
            if len(ids) == 1:
                return [], [(ids[0], error.diag.constraint_name or "")]
        half = len(ids) // 2
        first, second = (self._try_move(table, column, new, part) for part in (ids[:half], ids[half:]))
        return first[0] + second[0], first[1] + second[1]

    @api.model
    def _names(self, table, column):
        return SQL.identifier(table), SQL.identifier(column)

    @api.model
    def _twin(self, table, row_id, index, column, new):
        """Return the id of the row that stands where this one cannot go, or None."""
        columns = self.env["retail.sync.merging.tables"]._unique_columns(index)
        if column not in columns:
            return None
        same = [
            SQL("twin.%s = held.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns if name != column
        ]
        rows = self.env.execute_query(
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

    @api.model
    def _take_out(self, journal, table, row_id, twin=None, depth=0):
        """Remove a row that cannot move. What refers to it goes to its twin, or is kept with it."""
        name = SQL.identifier(table)
        rows = self.env.execute_query(SQL("SELECT to_jsonb(held) FROM %s held WHERE id = %s", name, row_id))
        if not rows:
            return
        for source, column, effect in self.env["retail.sync.merging.tables"]._foreign_keys(table):
            if twin:
                self._shift_column(journal, source, column, row_id, twin)
            elif effect == "c":
                self._take_out_dependents(journal, source, column, row_id, depth)
            elif effect == "n":
                self._shift(journal, source, column, row_id, None)
        model = self.env["retail.sync.merging.tables"]._model(table)
        if twin and model is not None:
            self._shift_references(journal, model._name, [row_id], twin)
            self._shift_company_values(journal, model._name, [row_id], twin)
        journal.lost.append({"table": table, "row": rows[0][0]})
        self.env.cr.execute(SQL("DELETE FROM %s WHERE id = %s", name, row_id))

    @api.model
    def _take_out_dependents(self, journal, table, column, value, depth):
        if "id" in self.env["retail.sync.merging.tables"]._columns(table) and depth < DEEPEST:
            for (row_id,) in self.env.execute_query(
                SQL("SELECT id FROM %s WHERE %s = %s", *self._names(table, column), value)
            ):
                self._take_out(journal, table, row_id, depth=depth + 1)
            return
        rows = self.env.execute_query(
            SQL("SELECT to_jsonb(held) FROM %s held WHERE %s = %s", *self._names(table, column), value)
        )
        journal.lost.extend({"table": table, "row": row} for (row,) in rows)

    @api.model
    def _shift_pairs(self, journal, table, column, other, old, new):
        """Point the pairs of a relation elsewhere; those that are there already become one."""
        name, left, right = SQL.identifier(table), SQL.identifier(column), SQL.identifier(other)
        rows = self.env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s ORDER BY 1", right, name, left, old))
        if not rows:
            return
        values = [value for (value,) in rows]
        had = self.env.execute_query(SQL("SELECT %s FROM %s WHERE %s = %s", right, name, left, new))
        added = sorted(set(values) - {value for (value,) in had})
        self.env.cr.execute(SQL("DELETE FROM %s WHERE %s = %s", name, left, old))
        if added:
            self.env.cr.execute(SQL("INSERT INTO %s (%s, %s) SELECT %s, unnest(%s)", name, left, right, new, added))
        journal.pairs.append(
            {"table": table, "column": column, "other": other, "old": old, "values": values, "new": new, "added": added}
        )

    # -- what no foreign key tells

    @api.model
    def _shift_references(self, journal, model_name, old_ids, new):
        """Point what names a record by model and id elsewhere: attachments, mails, activities, external ids."""
        tables = self.env["retail.sync.merging.tables"]
        for table, column, kind in tables._many2one_references():
            condition = SQL("%s = %s", SQL.identifier(kind), model_name)
            if table == "ir_attachment":
                # A picture is a value of its record, and there can be only one.
                condition = SQL("%s AND res_field IS NULL", condition)
            for old in old_ids:
                self._shift(journal, table, column, old, new, condition)
                self._recompute(journal.moved[-1:], table, column)
        for table, column in tables._reference_fields():
            for old in old_ids:
                self._shift(journal, table, column, f"{model_name},{old}", f"{model_name},{new}")

    @api.model
    def _recompute(self, moves, table, column):
        """Let the ORM compute again what it stores beside a reference, such as the name of its record."""
        ids = [row_id for move in moves if (move["table"], move["column"]) == (table, column) for row_id in move["ids"]]
        model = self.env["retail.sync.merging.tables"]._model(table)
        if ids and model is not None:
            records = model.sudo().browse(ids).exists()
            records.invalidate_recordset()
            records.modified([column])

    @api.model
    def _shift_company_values(self, journal, model_name, old_ids, new):
        """Point values per company elsewhere; only where they name one of these records."""
        olds = [str(old) for old in old_ids]
        for table, column in self.env["retail.sync.merging.tables"]._company_columns(model_name):
            name, field = self._names(table, column)
            rows = self.env.execute_query(
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
                self._set_company_value(table, column, row_id, key, int(value), new)
                journal.company.append(
                    {"table": table, "column": column, "id": row_id, "key": key, "old": int(value), "new": new}
                )

    @api.model
    def _set_company_value(self, table, column, row_id, key, old, new):
        """Set a value per company, if it still is old; return whether it was."""
        name, field = self._names(table, column)
        self.env.cr.execute(
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
        return bool(self.env.cr.rowcount)
