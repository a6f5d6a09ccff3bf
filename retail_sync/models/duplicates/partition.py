from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

from ...domain.identity.decide.duplicate_groups import components, parts

# Customers that one job makes groups of: one or two seconds of work.
PART = 1000


class RetailSyncDuplicateParts(models.AbstractModel):
    """What the pairs connect, cut into parts that jobs can make groups of apart from each other."""

    _name = "retail.sync.duplicate.parts"
    _description = "Parts of duplicates"

    @api.model
    def _cut(self, everything):
        """Cut into parts those whose pairs may have changed since the last time, or all.

        Groups of which no customer resembles anybody any more go.

        :return: [(part, customers in it)]
        """
        self._prune()
        rows = self.env.execute_query(SQL("SELECT one, other FROM retail_sync_identity_pair WHERE joins"))
        found = components(rows)
        if everything:
            self.env.cr.execute("DELETE FROM retail_sync_identity_component")
        else:
            touched = self._touched()
            reached = {found[one] for one in touched if one in found}
            found = {one: first for one, first in found.items() if first in reached}
            self.env.cr.execute(
                "DELETE FROM retail_sync_identity_component WHERE partner_id = ANY(%s)", [sorted(touched | set(found))]
            )
        cut = self._store(found)
        # Each part is noted until it is done: what a search does not come to, the next one does.
        self.env.cr.execute(
            "DELETE FROM retail_sync_identity_touched;"
            "INSERT INTO retail_sync_identity_touched"
            " SELECT partner_id FROM retail_sync_identity_component WHERE part = ANY(%s)"
            # Of somebody told apart at this moment: the job fails as one to be tried again.
            " ON CONFLICT DO NOTHING",
            [[part for part, _size in cut]],
        )
        self._drop_groups()
        return cut

    @api.model
    def _done(self, part):
        """Note that the groups of a part are made."""
        self.env.cr.execute(
            "DELETE FROM retail_sync_identity_touched touched USING retail_sync_identity_component mine"
            " WHERE mine.part = %s AND touched.partner_id = mine.partner_id",
            [part],
        )

    @api.model
    def _touch(self, ids):
        """Have the next search make the groups of these customers anew."""
        self.env.cr.execute(
            "INSERT INTO retail_sync_identity_touched SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [sorted(ids)]
        )

    @api.model
    def _members(self, part):
        """Return the customers of a part who are there still."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM retail_sync_identity_component JOIN retail_sync_identity_known"
                " USING (partner_id) WHERE part = %s",
                part,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _prune(self):
        """Forget pairs of customers who are gone."""
        self.env.cr.execute(
            "DELETE FROM retail_sync_identity_pair WHERE"
            " NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = one)"
            " OR NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = other)"
        )

    @api.model
    def _touched(self):
        """Return those whose pairs may have changed, and those whom pairs connected them with until now."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM retail_sync_identity_touched UNION SELECT other.partner_id"
                " FROM retail_sync_identity_touched JOIN retail_sync_identity_component mine USING (partner_id)"
                " JOIN retail_sync_identity_component other ON other.component = mine.component"
            )
        )
        return {partner_id for (partner_id,) in rows}

    @api.model
    def _store(self, found):
        """Store components in parts with numbers of their own; return [(part, size)]."""
        [(last,)] = self.env.execute_query(SQL("SELECT COALESCE(max(part), 0) FROM retail_sync_identity_component"))
        numbered = list(enumerate(parts(found, PART), last + 1))
        execute_values(
            self.env.cr._obj,
            "INSERT INTO retail_sync_identity_component (partner_id, component, part) VALUES %s",
            [(one, found[one], number) for number, some in numbered for one in some],
            page_size=10000,
        )
        return [(number, len(some)) for number, some in numbered]

    @api.model
    def _drop_groups(self):
        duplicates = self.env["retail.sync.duplicate.group"].sudo()
        duplicates.flush_model()
        self.env["retail.sync.duplicate.group.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM retail_sync_duplicate_group found WHERE state IN ('open', 'later') AND NOT EXISTS "
                "(SELECT"
                " FROM retail_sync_duplicate_group_line line JOIN retail_sync_identity_component USING (partner_id)"
                " WHERE line.duplicate_id = found.id)"
            )
        )
        duplicates.browse([group_id for (group_id,) in rows]).unlink()
