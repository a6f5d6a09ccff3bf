from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestPartner(EngineCase):
    """What a customer shows of its links, and what happens to them in Odoo."""

    def setUp(self):
        super().setUp()
        self.firm("F1", email="one@example.com", ship_city="Asti", city="Torino")
        self.firm("F2")
        self.take(FIRM)
        self.first, self.second = self.partner("F1"), self.partner("F2")
        self.stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.everyone = self.first | self.second | self.stranger

    def test_badge(self):
        self.assertEqual(self.everyone.mapped("sync_state"), ["in_sync", "in_sync", "none"])
        self.firm("F2", name="")
        self.take(FIRM)
        self.assertEqual(self.everyone.mapped("sync_state"), ["in_sync", "attention", "none"])
        self.assertTrue(self.second.sync_error and self.second.sync_next_step)
        self.assertEqual((self.second.sync_message_count, self.first.sync_message_count), (1, 0))
        self.firm("F2", name="Fine")
        self.take(FIRM)
        self.assertEqual(self.second.sync_state, "in_sync")
        self.assertFalse(self.second.sync_error)
        self.platform.delete(FIRM, "F2")
        self.poll()
        self.assertEqual(self.second.sync_state, "deleted")

    def test_search_by_badge(self):
        self.firm("F2", name="")
        self.take(FIRM)

        def found(*states):
            return self.env["res.partner"].search([("sync_state", "in", states), ("id", "in", self.everyone.ids)])

        self.assertEqual(found("in_sync"), self.first)
        self.assertEqual(found("attention"), self.second)
        self.assertEqual(found("none"), self.stranger)
        self.assertEqual(found("none", "attention"), self.second | self.stranger)
        for state in ("in_sync", "attention", "none"):
            self.assertEqual(set(found(state).mapped("sync_state")), {state}, "the search says what the badge says")
        self.platform.delete(FIRM, "F1")
        self.firms.delete_policy = "keep"
        self.poll()
        self.assertEqual(found("deleted"), self.first)
        self.assertNotIn(self.first, found("in_sync"))

    def test_search_by_external_id(self):
        search = self.env["res.partner"].search
        self.assertEqual(search([("sync_external_ids", "=", "F2")]), self.second)
        self.assertIn(self.first, search([("sync_external_ids", "ilike", "f1")]))
        self.assertNotIn(self.stranger, search([("sync_external_ids", "ilike", "F")]))
        self.assertEqual(self.first.sync_external_ids, "F1")

    def test_badge_costs_few_queries(self):
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            self.everyone.mapped("sync_state")

    def test_sync_now(self):
        self.platform.rows[FIRM]["F1"]["email"] = "now@example.com"
        self.first.action_sync_now()
        job = self.jobs("_job_refresh")
        self.assertEqual((job.channel, job.args[1]), ("root.retail_sync.standard", ["F1"]))
        self.run_jobs()
        self.assertEqual(self.first.email, "now@example.com")

    def test_sync_now_when_only_odoo_moved(self):
        """The record is the same to the letter over there; asked for by name, it is merged all the same."""
        self.ownership_rule("email", "remote")
        self.first.email = "typed@example.com"
        self.first.action_sync_now()
        self.run_jobs()
        self.assertEqual(self.first.email, "one@example.com")

    def test_sync_now_of_the_unlinked(self):
        with self.assertRaises(UserError):
            self.stranger.action_sync_now()

    def test_staff_without_rights_see_the_badge_only(self):
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        self.assertEqual(self.first.with_user(clerk).sync_state, "in_sync")
        with self.assertRaises(AccessError):
            self.first.with_user(clerk).sync_link_ids.mapped("base")

    def test_open_remote(self):
        self.assertTrue(self.first.action_sync_open_remote()["url"].endswith("/Firm/F1"))
        with self.assertRaises(UserError):
            self.stranger.action_sync_open_remote()

    def test_unlink_leaves_a_remote_deletion(self):
        address = self.first.child_ids
        address.unlink()
        self.first.unlink()
        for part in ("main", "delivery"):
            self.assertEqual(
                (self.link("F1", part).state, self.link("F1", part).reason), ("excluded", "Deleted in Odoo")
            )
        self.assertEqual(self.link("F2").state, "in_sync")

    def merge(self, sources, into):
        self.env["base.partner.merge.automatic.wizard"]._merge((sources | into).ids, into)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_merge_in_odoo(self):
        """Core's merge deletes rows whose unique index would break: a second link of one customer vanished."""
        self.person("P1", firm="F2")
        self.take(PERSON)
        self.merge(self.second, self.first)
        merged = self.link("F2")
        self.assertEqual((merged.res_id, merged.is_primary), (self.first.id, False))
        self.assertTrue(self.link("F1").is_primary)
        self.assertEqual(self.partner("P1").parent_id, self.first)
        self.firm("F2", name="Not mine to say")
        self.assertEqual(self.take(FIRM), {"excluded": 1})
        self.firm("F1", name="Still mine")
        self.take(FIRM)
        self.assertEqual(self.first.name, "Still mine")
        self.assertEqual(self.first.sync_external_ids, "F1, F2")

    def test_merge_into_an_unlinked_customer(self):
        self.merge(self.second, self.stranger)
        self.assertEqual((self.partner("F2"), self.link("F2").is_primary), (self.stranger, True))
        self.assertEqual(self.stranger.name, "Stranger")
        self.firm("F2", website="http://goes-on.example")
        self.take(FIRM)
        self.assertEqual(self.stranger.website, "http://goes-on.example")

    def test_other_connections_stay_primary(self):
        other = self.make_connection(name="Other shop")
        link = self.env["retail.sync.link"].create(
            {
                "connection_id": other.id,
                "remote_object": FIRM,
                "external_id": "X1",
                "res_model": "res.partner",
                "res_id": self.second.id,
            }
        )
        self.merge(self.second, self.first)
        self.assertEqual((link.res_id, link.is_primary), (self.first.id, True))

    def test_trouble_with_links_never_stops_a_users_delete(self):
        """An unlink listener that crashed rolled the user's own work back."""
        link_class = type(self.env["retail.sync.link"])
        with (
            patch.object(link_class, "_remote_deletion", side_effect=ValueError("boom")),
            self.assertLogs("odoo.addons.retail_sync.models.outbox.sync_mixin", "ERROR"),
        ):
            self.second.unlink()
        self.assertFalse(self.second.exists())
