import json

from psycopg2 import IntegrityError

from odoo import _, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ...domain.merge.journal import to_restore


class RetailSyncMergingRestore(models.AbstractModel):
    """Put rows back as a journal says they were; what somebody changed since stays."""

    _name = "retail.sync.merging.restore"
    _description = "Restore rows of a merge"

    @api.model
    def _restore(self, losers, journal):
        """Insert the losers' rows, and move back what was theirs; return sentences about what could not be."""
        report = []
        for row in losers:
            report += self._insert("res_partner", row)
        for lost in reversed(journal.lost):
            report += self._insert(lost["table"], lost["row"])
        self.env.invalidate_all()
        report += self._move_back(journal)
        self._restore_pictures(journal)
        report += self._restore_people(journal)
        return report

    @api.model
    def _insert(self, table, row):
        """Insert a row as it was; return what has to be said about it.

        A column that names what is gone by now stays empty; one that an upgrade dropped is left out.
        """
        tables = self.env["retail.sync.merging.tables"]
        columns = [name for name in tables._columns(table) if name in row]
        row, report = dict(row), []
        for column, target in tables._own_foreign_keys(table):
            if row.get(column) and not (target == table and row[column] == row.get("id")):
                found = self.env.execute_query(
                    SQL("SELECT 1 FROM %s WHERE id = %s", SQL.identifier(target), row[column])
                )
                if not found:
                    row[column] = None
                    report.append(
                        _(
                            "%(table)s %(id)s: what '%(column)s' named is gone.",
                            table=table,
                            id=row.get("id") or "",
                            column=column,
                        )
                    )
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
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
                raise UserError(_("The customer cannot be restored: %s", error.diag.message_primary)) from error
            return [
                _(
                    "A row of %(table)s was not restored: what it belongs to is gone, or its like is there by now.",
                    table=table,
                )
            ]
        return report

    @api.model
    def _move_back(self, journal):
        """Point rows back that still point where the merge put them."""
        report = []
        rows = self.env["retail.sync.merging.rows"]
        references = {
            (table, column) for table, column, _kind in self.env["retail.sync.merging.tables"]._many2one_references()
        }
        for move in reversed(journal.moved):
            ids = self._still_there(move)
            done, stuck = rows._try_move(move["table"], move["column"], move["old"], ids) if ids else ([], [])
            if (move["table"], move["column"]) in references:
                rows._recompute([dict(move, ids=done)], move["table"], move["column"])
            if len(move["ids"]) > len(done):
                report.append(
                    _(
                        "%(count)s rows of %(table)s stay where they are: they were changed, deleted or sealed by a "
                        "hash since.",
                        count=len(move["ids"]) - len(done),
                        table=self.env["retail.sync.merging.tables"]._model(move["table"])._description
                        if self.env["retail.sync.merging.tables"]._model(move["table"]) is not None
                        else move["table"],
                    )
                )
        for pair in reversed(journal.pairs):
            self._split_pairs(pair)
        for value in reversed(journal.company):
            rows._set_company_value(
                value["table"], value["column"], value["id"], value["key"], value["new"], value["old"]
            )
        return report

    @api.model
    def _still_there(self, move):
        """Return the ids of moved rows that still point where the merge put them, and may be moved."""
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND %s IS NOT DISTINCT FROM %s ORDER BY id",
                SQL.identifier(move["table"]),
                move["ids"],
                SQL.identifier(move["column"]),
                move["new"],
            )
        )
        sealed = self.env["retail.sync.merging.sealed"]._rows(move["table"], move["ids"], move["new"])
        return [row_id for (row_id,) in found if row_id not in sealed]

    @api.model
    def _split_pairs(self, pair):
        """Give the loser its pairs again; the survivor loses those it got from it and still has."""
        name, left, right = (SQL.identifier(pair[key]) for key in ("table", "column", "other"))
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE %s = %s AND %s = ANY(%s)", name, left, pair["new"], right, pair["added"])
        )
        # One that was taken from the survivor since was meant for both.
        target = dict(self.env["retail.sync.merging.tables"]._own_foreign_keys(pair["table"])).get(pair["other"])
        self.env.cr.execute(
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

    @api.model
    def _restore_pictures(self, journal):
        """Give the losers their pictures back, and take from the survivor those that were theirs."""
        self.env["ir.attachment"].browse(journal.pictures).exists().unlink()
        for picture in journal.parked:
            self.env.cr.execute(
                SQL(
                    "UPDATE ir_attachment SET res_model = 'res.partner', res_id = %s, res_field = %s"
                    " WHERE id = %s AND res_model = 'retail.sync.merge'",
                    picture["res_id"],
                    picture["res_field"],
                    picture["id"],
                )
            )
        self.env["ir.attachment"].invalidate_model()

    @api.model
    def _restore_people(self, journal):
        """Give the survivor and its family the values they had; what was edited since stays."""
        report = []
        now = self.env["retail.sync.merging.values"]._rows_of("res_partner", [int(row_id) for row_id in journal.people])
        for row_id, difference in journal.people.items():
            if int(row_id) not in now:
                continue
            values, kept = to_restore(difference, now[int(row_id)])
            report += self.env["retail.sync.merging.undo"]._kept_lines(int(row_id), kept)
            if values:
                self._set_columns("res_partner", int(row_id), values)
                self._tell_dependents(int(row_id), values)
        self.env.flush_all()
        # Last: what was computed from them follows by itself, and a person's own word counts more than that.
        self._restore_followers(journal)
        return report

    @api.model
    def _restore_followers(self, journal):
        tables = {}
        for row in journal.computed:
            tables.setdefault(row["table"], []).append(row)
        for table, rows in tables.items():
            now = self.env["retail.sync.merging.values"]._rows_of(table, [row["id"] for row in rows])
            for row in rows:
                values, _kept = to_restore(row, now.get(row["id"], {}))
                if values:
                    self._set_columns(table, row["id"], values)

    @api.model
    def _tell_dependents(self, partner_id, values):
        """Let the ORM compute again what it stores elsewhere of these values."""
        partner = self.env["res.partner"].browse(partner_id)
        partner.invalidate_recordset()
        partner.modified([name for name in values if name in partner._fields])

    @api.model
    def _set_columns(self, table, row_id, values):
        names = [SQL.identifier(name) for name in sorted(values)]
        self.env.cr.execute(
            SQL(
                "UPDATE %s held SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, %s::jsonb))"
                " WHERE held.id = %s",
                SQL.identifier(table),
                SQL(", ").join(names),
                SQL(", ").join(names),
                SQL.identifier(table),
                json.dumps(values),
                row_id,
            )
        )
