from odoo import api, models
from odoo.tools import SQL

from ...domain.merge.journal import changed


class RetailSyncMergingValues(models.AbstractModel):
    """Stored values before and after a merge: of the survivor's family, and of what is computed from customers."""

    _name = "retail.sync.merging.values"
    _description = "Values that a merge changes"

    @api.model
    def _rows_of(self, table, ids, names=None):
        """Return {id: the stored row, or these columns of it, as JSON has them}."""
        self.env.flush_all()
        columns = SQL(", ").join(SQL.identifier(name) for name in names or ())
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s held WHERE id = ANY(%s)",
                    SQL("(SELECT to_jsonb(part) FROM (SELECT %s) part)", columns) if names else SQL("to_jsonb(held)"),
                    SQL.identifier(table),
                    list(ids),
                )
            )
        )

    @api.model
    def _note_followers(self, journal, table, ids):
        """Write down stored values that are computed from customers': the merge writes the survivor's."""
        known = {row["id"] for row in journal.computed if row["table"] == table}
        names = self.env["retail.sync.merging.tables"]._followers(table, "res.partner")
        fresh = sorted(set(ids) - known)
        if names and fresh:
            journal.computed += [
                {"table": table, "id": row_id, "before": {name: row.get(name) for name in names}}
                for row_id, row in self._rows_of(table, fresh, names).items()
            ]

    @api.model
    def _close_followers(self, journal):
        """Keep of the computed values those that the merge changed."""
        kept = []
        for table in sorted({row["table"] for row in journal.computed}):
            own = [row for row in journal.computed if row["table"] == table]
            now = self._rows_of(table, [row["id"] for row in own], tuple(own[0]["before"]))
            for row in own:
                if row["id"] in now and (difference := changed(row["before"], now[row["id"]])):
                    kept.append({"table": table, "id": row["id"], **difference})
        journal.computed = kept

    @api.model
    def _note_people(self, journal, before, after):
        """Write down what became of rows that live on."""
        for row_id, row in before.items():
            if row_id in after and (difference := changed(row, after[row_id])):
                journal.people[str(row_id)] = difference
