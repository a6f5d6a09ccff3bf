from odoo.tools import SQL

from ..models.merge import session
from .outbound_case import OutboundCase

STAMPS = ("write_date", "write_uid")


class MergeCase(OutboundCase):
    """Tests of merges: customers with all that hangs on them, and snapshots to compare."""

    def customer(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def merge(self, survivor, losers, **options):
        merge = session.merge(self.env, survivor, losers, "They are one", **options)
        self.refresh()
        return merge

    def wizard_merge(self, survivor, losers, **options):
        """Merge as Odoo's own wizard does; return the record of it."""
        self.env["base.partner.merge.automatic.wizard"]._merge((survivor | losers).ids, survivor, **options)
        self.refresh()
        return self.env["retail.sync.merge"].search([], limit=1)

    def undo(self, merge):
        report = merge._undo("They are two")
        self.refresh()
        return report

    def refresh(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def assertAsBefore(self, before, *tables):
        """Compare tables with a picture of them, and show the differences only."""
        now = self.picture(*(tables or before))
        for table, rows in now.items():
            gone = [row for row in before[table] if row not in rows]
            new = [row for row in rows if row not in before[table]]
            left = {row.get("id"): row for row in gone}
            differences = [
                {
                    name: (left.get(row.get("id"), {}).get(name), value)
                    for name, value in row.items()
                    if left.get(row.get("id"), {}).get(name) != value
                }
                for row in new
            ]
            self.assertFalse(gone or new, f"{table}: {differences or gone}")

    def picture(self, *tables, people=()):
        """Return the rows of tables as they are stored, touch stamps left out, to compare before and after."""
        self.refresh()
        found = {}
        for table in tables:
            rows = self.env.execute_query(
                SQL("SELECT to_jsonb(held) FROM %s held ORDER BY to_jsonb(held)::text", SQL.identifier(table))
            )
            found[table] = sorted(
                (
                    {name: value for name, value in row.items() if name not in STAMPS}
                    for (row,) in rows
                    if table != "res_partner" or not people or row["id"] in people
                ),
                key=str,
            )
        return found
