from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.comparison import differences
from ..fake_platform import FIRM
from .test_comparison import ABLE, ComparisonCase


def rows_read(node):
    """Return how many rows a plan that has run read from tables, those that it dropped again included."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")
    rows = sum(node.get(name, 0) for name in names) * node["Actual Loops"]
    return rows + sum(rows_read(part) for part in node.get("Plans", ()))


@tagged("post_install", "-at_install")
class TestComparisonBesideWork(ComparisonCase):
    """A comparison runs while both sides work, and beside records that cannot be compared."""

    def close_exchanged(self):
        differences.close_exchanged(self.env(su=True))
        self.env.invalidate_all()

    def test_a_difference_that_a_poll_has_read_is_closed(self):
        self.firms_in_sync(2)
        self.firm("F000", phone="+390432777777")
        self.firm("N0", **ABLE, name="New")
        self.assertEqual(self.kinds(self.compare()), Counter(stale=1, missing_here=1))
        self.close_exchanged()
        self.assertEqual(self.difference("F000").state, "open")
        self.poll()
        self.close_exchanged()
        self.assertEqual((self.difference("F000").state, self.difference("N0").state), ("done", "done"))
        self.assertFalse(self.compare().difference_ids)

    def test_a_change_by_hand_stays_open_until_it_is_repaired(self):
        self.firms_in_sync(1)
        self.by_sql("F000", phone="+390432888888")
        self.compare()
        self.link("F000").synced_at = "2020-01-01"
        self.close_exchanged()
        found = self.difference("F000")
        self.assertEqual(found.state, "open")
        found.action_repair()
        self.close_exchanged()
        self.assertEqual(found.state, "repairing")
        self.send()
        self.close_exchanged()
        self.assertEqual(found.state, "done")

    def test_what_an_exchange_closes_is_looked_up_and_no_table_is_read(self):
        """The sweeper asks each minute. One condition for linked and for unlinked records read all links."""
        self.firms_in_sync(1)
        self.firm("F000", phone="+390432777777")
        self.env["res.partner"].create({"name": "New", "is_company": True})
        self.made_before()
        comparison = self.compare()
        self.assertEqual(self.kinds(comparison), Counter(stale=1, missing_there=1))
        difference, link = self.difference("F000"), self.link("F000")
        self.copy_rows("retail_sync_link", link.id, "res_id = n + 1000000, ")
        self.copy_rows("retail_sync_difference", difference.id, "state = 'done', ")
        statements = self.statements_of(lambda: differences.close_exchanged(self.env(su=True)))
        self.assertTrue(statements)
        for statement in statements:
            [[[plan]]] = self.env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", statement))
            # What earlier tests have left in the tables may be read too: a few dozen rows were seen.
            self.assertLess(rows_read(plan["Plan"]), 400, "of 4,000 of each table")
        self.assertEqual(set(comparison.difference_ids.mapped("state")), {"open", "done"}, "none is closed yet")

    def copy_rows(self, table, row_id, changes, count=4000):
        """Copy a row many times under other external ids, and let PostgreSQL count them."""
        self.env.flush_all()
        self.env.cr.execute(
            f"CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT row.*, n FROM {table} row,"
            f" generate_series(1, {count}) AS n WHERE row.id = {row_id};"
            f" UPDATE copied SET {changes}id = n + 1000000, external_id = 'C' || n;"
            f" ALTER TABLE copied DROP COLUMN n; INSERT INTO {table} SELECT * FROM copied; DROP TABLE copied;"
            f" ANALYZE {table}"
        )
        self.env.invalidate_all()

    def statements_of(self, work):
        """Return the statements about differences that work runs."""
        found, execute = [], type(self.env.cr).execute

        def noted(cursor, query, *args, **options):
            if isinstance(query, SQL) and "UPDATE retail_sync_difference" in query.code:
                found.append(query)
            return execute(cursor, query, *args, **options)

        with patch.object(type(self.env.cr), "execute", noted):
            work()
        return found

    def test_a_record_that_cannot_be_compared_holds_no_other_back(self):
        self.firms_in_sync(7)
        self.by_sql("F005", phone="+390432888888")
        poison = self.partner("F002").id
        entity = self.registry["retail.sync.entity.customer"]
        local_values = entity._local_values

        def refuse(self, records, ctx, bases):
            if poison in records.ids:
                raise ValueError("secret value")
            return local_values(self, records, ctx, bases)

        with patch.object(entity, "_local_values", refuse):
            comparison = self.compare()
        self.assertEqual((comparison.state, comparison.n_links, comparison.n_failed), ("done", 7, 1))
        self.assertEqual(comparison.message, "F002 could not be compared: ValueError.")
        self.assertEqual(comparison.difference_ids.external_id, "F005")

    def test_an_ignored_message_hides_no_difference_of_a_linked_record(self):
        self.firms_in_sync(1)
        self.env["retail.sync.message"].sudo().create(
            {
                "kind": "record",
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "external_id": "F000",
                "key": "F000",
                "state": "ignored",
            }
        )
        self.by_sql("F000", phone="+390432888888")
        self.assertEqual(self.kinds(self.compare()), Counter(changed_by_hand=1))

    def test_a_part_that_the_platform_gained_is_found_and_read(self):
        self.firms_in_sync(2)
        self.behind_polls("F000", ship_street="Via Nuova 1", ship_city="Udine", ship_zip="33100", ship_country="IT")
        comparison = self.compare()
        self.assertEqual(self.kinds(comparison), Counter(stale=1))
        self.assertEqual(comparison.difference_ids.names, "delivery")
        comparison.difference_ids.action_repair()
        self.send()
        self.assertEqual(self.partner("F000").child_ids.filtered(lambda child: child.type == "delivery").city, "Udine")
        self.assertFalse(self.compare().difference_ids)

    def test_a_part_like_the_record_itself_is_no_difference(self):
        self.firms_in_sync(2)
        place = {"street": "Via Roma 1", "city": "Udine", "zip": "33100", "country": "IT"}
        self.firm("F000", **place)
        self.poll()
        self.behind_polls("F000", **{f"ship_{name}": value for name, value in place.items()})
        self.assertFalse(self.compare().difference_ids.mapped("names"))

    def test_a_part_that_odoo_lost_is_found(self):
        self.firms_in_sync(1)
        self.firm("F000", ship_street="Via Nuova 1", ship_city="Udine", ship_zip="33100", ship_country="IT")
        self.poll()
        self.assertFalse(self.compare().difference_ids)
        child = self.partner("F000").child_ids.filtered(lambda child: child.type == "delivery")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [child.id])
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()
        found = self.compare().difference_ids
        self.assertEqual((found.kind, found.names, found.external_id), ("orphan", "delivery", "F000"))
        wizard = self.env["retail.sync.comparison.repair"].browse(found.action_repair()["res_id"])
        wizard.agreed = True
        wizard.action_repair()
        self.send()
        self.assertFalse(self.compare().difference_ids.mapped(lambda found: (found.kind, found.names)))

    def test_an_archived_record_is_no_difference(self):
        self.firms_in_sync(2)
        self.partner("F000").active = False
        self.env["res.partner"].create({"name": "Old", "is_company": True, "active": False})
        self.send()
        self.made_before()
        self.assertFalse(self.compare().difference_ids.mapped(lambda found: (found.kind, found.names)))

    def test_records_that_left_the_scope_cost_one_read(self):
        self.firms_in_sync(6)
        adapter = self.registry["retail.sync.adapter.fake"]
        self.firms.filter_text = "scope = 1"
        with (
            patch.object(adapter, "read_in_scope", lambda _self, _stream, ids: self.fail(f"read {ids}")),
            patch.object(adapter, "list_versions", lambda _self, _stream, _cursor, _limit: ([], None)),
        ):
            self.assertFalse(self.compare().difference_ids)
        self.assertEqual(Counter(self.platform.calls)["read_by_ids"], 1)
        del self.platform.rows[FIRM]["F001"]
        with patch.object(adapter, "list_versions", lambda _self, _stream, _cursor, _limit: ([], None)):
            self.assertEqual(self.compare().difference_ids.external_id, "F001")

    def test_a_difference_says_what_a_repair_does_and_names_fields_as_people_do(self):
        self.firms_in_sync(2)
        self.by_sql("F000", phone=None)
        found = self.compare().difference_ids
        self.assertIn("Sends Odoo's values", found.repair_effect)
        self.assertTrue(found.values_text.startswith("Phone: Odoo has no value, the platform has +39"))
