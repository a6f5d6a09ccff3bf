from collections import Counter
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...adapter import FaultError
from ...models.comparison import steps
from ..fake_platform import FIRM, PERSON
from ..outbound_case import SHOWN_EMPTY, OutboundCase

ABLE = dict.fromkeys(SHOWN_EMPTY)


class ComparisonCase(OutboundCase):
    """Comparisons of the fake platform's streams, and differences that no capture and no poll has seen."""

    def compare(self, stream=None, **values):
        """Compare a stream and run its jobs; return the comparison."""
        found = self.env["retail.sync.comparison"]._begin(stream or self.firms, **values)
        self.run_jobs()
        self.env.invalidate_all()
        return found

    def firms_in_sync(self, count):
        for number in range(count):
            self.firm(f"F{number:03}", **dict(ABLE, phone=f"+39043211{number:04}", email=f"f{number}@x.example"))
        self.take(FIRM)
        self.made_before()
        self.send()
        self.poll()
        self.platform.calls.clear()

    def by_sql(self, external_id, **values):
        """Edit a customer as a restored database does: nothing is captured."""
        partner = self.partner(external_id)
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(f"UPDATE res_partner SET {column} = %s WHERE id = %s", [value, partner.id])
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def behind_polls(self, external_id, **values):
        """Edit a record on the platform so that no poll shows it."""
        self.firm(external_id, **values)
        self.firms.cursor = dict(self.firms.cursor, modstamp=str(self.platform.now), id="\U0010ffff")

    def kinds(self, comparison):
        return Counter(comparison.difference_ids.mapped("kind"))

    def difference(self, external_id):
        return self.env["retail.sync.difference"].search([("external_id", "=", external_id)], limit=1)


@tagged("post_install", "-at_install")
class TestComparison(ComparisonCase):
    """Both sides are compared: each difference is found, classed and explained, and nothing else."""

    def test_no_difference_where_there_is_none(self):
        self.firms_in_sync(7)
        self.person("P1", firm="F000", **ABLE)
        self.take(PERSON)
        self.made_before()
        self.send()
        # Reads of our own writes are behind: their versions differ, their values do not.
        self.partner("F001").phone = "+39043299999"
        self.send()
        for stream in self.firms + self.persons:
            comparison = self.compare(stream)
            self.assertEqual(comparison.state, "done", comparison.message)
            self.assertFalse(
                comparison.difference_ids.mapped(
                    lambda difference: (difference.subject, difference.kind, difference.names)
                )
            )
        self.assertEqual((self.compare().n_remote, self.compare().n_links), (7, 7))

    def plant(self, each=3):
        """Plant differences of all kinds; return {kind: external ids or record ids}."""
        self.firms_in_sync(each * 5 + 4)
        planted = {}
        ids = iter(f"F{number:03}" for number in range(each * 5))
        for kind in ("stale", "changed_by_hand", "conflict", "missing_there", "orphan"):
            planted[kind] = [next(ids) for _number in range(each)]
        for external_id in planted["stale"]:
            self.behind_polls(external_id, phone="+390432777777")
        for external_id in planted["changed_by_hand"]:
            self.by_sql(external_id, phone="+390432888888")
        for external_id in planted["conflict"]:
            self.by_sql(external_id, email="odoo@x.example")
            self.behind_polls(external_id, email="platform@x.example")
        for external_id in planted["missing_there"]:
            del self.platform.rows[FIRM][external_id]
        for external_id in planted["orphan"]:
            self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner(external_id).id])
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()
        planted["missing_here"] = [f"N{number}" for number in range(each)]
        for external_id in planted["missing_here"]:
            self.behind_polls(external_id, **dict(ABLE, name=f"New {external_id}"))
        return planted

    def test_planted_differences_of_six_kinds_are_found(self):
        planted = self.plant()
        with patch.object(steps, "SLICE", 4):
            comparison = self.compare()
        self.assertEqual(comparison.state, "done", comparison.message)
        found = {
            kind: sorted(
                comparison.difference_ids.filtered(lambda difference, kind=kind: difference.kind == kind).mapped(
                    "external_id"
                )
            )
            for kind in planted
        }
        self.assertEqual(found, {kind: sorted(ids) for kind, ids in planted.items()})
        self.assertEqual(len(comparison.difference_ids), 18)
        self.assertGreater(comparison.n_slices, 4)
        self.assertEqual(
            {difference.kind: difference.cause for difference in comparison.difference_ids},
            {
                "stale": "poll_missed",
                "changed_by_hand": "not_captured",
                "conflict": "both",
                "missing_there": "gone_there",
                "orphan": "record_gone",
                "missing_here": "never_read",
            },
        )
        self.assertTrue(all(comparison.difference_ids.mapped("explanation")))
        self.assertEqual(self.difference(planted["changed_by_hand"][0]).names, "phone")

    def test_a_repair_of_all_leaves_no_difference(self):
        planted = self.plant(2)
        comparison = self.compare()
        action = comparison.action_repair_all()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            (wizard.n_read, wizard.n_created_here, wizard.n_sent, wizard.n_created_there, wizard.n_ended),
            (4, 2, 2, 0, 2),
        )
        self.assertEqual((wizard.n_unlinked, wizard.ends), (2, True))
        wizard.agreed = True
        wizard.action_repair()
        self.send()
        again = self.compare()
        self.assertFalse(
            again.difference_ids.mapped(lambda difference: (difference.subject, difference.kind, difference.names))
        )
        self.assertEqual(set(comparison.difference_ids.mapped("state")), {"done"})
        self.assertEqual(self.remote(planted["changed_by_hand"][0])["phone"], "+390432888888")
        self.assertEqual(self.partner(planted["stale"][0]).phone, "+390432777777")
        self.assertEqual(self.partner(planted["missing_here"][0]).name, "New N0")

    def test_nothing_is_archived_without_consent(self):
        planted = self.plant(1)
        action = self.compare().action_repair_all()
        self.env[action["res_model"]].browse(action["res_id"]).action_repair()
        self.send()
        self.assertTrue(self.partner(planted["missing_there"][0]).active)
        self.assertEqual(self.difference(planted["missing_there"][0]).state, "open")
        self.assertEqual(self.difference(planted["orphan"][0]).state, "open")

    def test_one_difference_is_repaired_alone(self):
        planted = self.plant(2)
        self.compare()
        self.difference(planted["stale"][0]).action_repair()
        self.send()
        self.assertEqual(self.partner(planted["stale"][0]).phone, "+390432777777")
        self.assertNotEqual(self.partner(planted["stale"][1]).phone, "+390432777777")

    def test_what_waits_is_no_difference(self):
        self.firms_in_sync(3)
        self.partner("F000").phone = "+390432555555"
        self.route()
        self.env["queue.job"].search([]).unlink()
        comparison = self.compare()
        self.assertFalse(comparison.difference_ids)
        self.assertEqual(comparison.n_waiting, 1)

    def test_a_record_that_the_stream_never_created(self):
        self.firms_in_sync(1)
        partner = self.env["res.partner"].create({"name": "Never sent", "is_company": True})
        self.made_before()
        comparison = self.compare()
        difference = comparison.difference_ids.filtered(lambda found: found.res_id == partner.id)
        self.assertEqual(
            (difference.kind, difference.cause, difference.external_id), ("missing_there", "never_created", False)
        )
        difference.action_repair()
        self.send()
        self.assertIn("Never sent", [row["name"] for row in self.platform.rows[FIRM].values()])

    def test_an_ignored_difference_stays_ignored(self):
        self.firms_in_sync(2)
        self.by_sql("F000", phone="+390432888888")
        self.compare().difference_ids.action_ignore()
        self.assertFalse(self.compare().difference_ids)
        self.by_sql("F000", phone="+390432888889")
        self.assertEqual(self.compare().difference_ids.external_id, "F000")

    def test_values_that_no_rule_lets_travel_are_no_difference(self):
        self.firms_in_sync(2)
        self.firms.direction = "in"
        self.by_sql("F000", phone="+390432888888")
        self.assertFalse(self.compare().difference_ids)

    def test_a_record_outside_the_scope_is_no_difference(self):
        self.firms_in_sync(2)
        adapter = self.registry["retail.sync.adapter.fake"]
        self.firms.filter_text = "scope = 1"
        with (
            patch.object(adapter, "read_in_scope", lambda _self, _stream, ids: ([], list(ids))),
            patch.object(adapter, "list_versions", lambda _self, _stream, _cursor, _limit: ([], None)),
        ):
            self.assertFalse(self.compare().difference_ids)

    def test_few_calls(self):
        """Values are read only of what may differ."""
        self.firms_in_sync(30)
        self.behind_polls("F003", phone="+390432777777")
        self.platform.calls.clear()
        with patch.object(steps, "SLICE", 10):
            comparison = self.compare()
        self.assertEqual(Counter(self.platform.calls)["read_by_ids"], 1)
        self.assertEqual(comparison.n_read, 1)

    def test_a_platform_that_lists_no_versions_is_read_by_pages(self):
        self.firms_in_sync(3)
        self.behind_polls("F002", phone="+390432777777")
        able = self.connection._adapter().capabilities()
        object.__setattr__(able, "versions", False)
        with patch.object(self.registry["retail.sync.adapter.fake"], "capabilities", lambda _self: able):
            comparison = self.compare()
        self.assertEqual(comparison.difference_ids.mapped("external_id"), ["F002"])

    def test_a_refused_list_ends_the_comparison_with_its_reason(self):
        self.firms_in_sync(1)
        self.platform.fault = FaultError("contract", "NO_ACCESS", "The user may not query this object")
        comparison = self.compare()
        self.platform.fault = None
        self.assertEqual((comparison.state, comparison.message), ("failed", "The user may not query this object"))
        self.assertEqual(self.firms.state, "live")

    def test_one_comparison_at_a_time(self):
        self.firms_in_sync(1)
        self.firms.action_compare()
        with self.assertRaises(UserError):
            self.firms.action_compare()
        self.run_jobs()
        self.assertTrue(self.firms.compared_at)
        self.assertFalse(self.env["retail.sync.remote.version"].search_count([]))

    def test_the_schedule(self):
        comparisons = self.env["retail.sync.comparison"]
        self.persons.comparison_schedule = "off"
        comparisons._cron_compare()
        self.assertEqual(comparisons.search([]).stream_id, self.firms)
        self.run_jobs()
        comparisons._cron_compare()
        self.assertEqual(len(comparisons.search([])), 1)
        self.env.cr.execute("UPDATE retail_sync_stream SET compared_at = compared_at - interval '7 days'")
        self.env.invalidate_all()
        comparisons._cron_compare()
        self.assertEqual(len(comparisons.search([])), 2)

    def test_who_may(self):
        self.firms_in_sync(2)
        self.by_sql("F000", phone="+390432888888")
        difference = self.compare().difference_ids
        operator = self.make_user("cmp_operator", "group_operator")
        with self.assertRaises(AccessError):
            difference.with_user(operator).action_repair()
        with self.assertRaises(AccessError):
            difference.with_user(operator).read(["values"])
        steward = self.make_user("cmp_steward", "group_steward")
        self.assertIn("+390432888888", difference.with_user(steward).values_text)
        difference.with_user(steward).action_repair()
        self.assertEqual(difference.state, "repairing")
