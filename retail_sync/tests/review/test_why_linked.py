from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import GROUPS
from ..engine_case import EngineCase
from ..fake_platform import FIRM

VATS = ("IT00743110157", "IT12345670017")


@tagged("post_install", "-at_install")
class TestWhyLinked(EngineCase):
    """A customer says which records it stands for, why, since when, and who decided it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups("outsider")
        cls.steward = cls.users["steward"]

    def two_alike(self):
        values = {"name": "Rossi Srl", "is_company": True, "email": "info@rossi.example"}
        return self.env["res.partner"].create([{**values, "vat": vat} for vat in VATS])

    def why(self, external_id, user=None):
        link = self.link(external_id).with_user(user or self.users["operator"])
        return link.how_linked, link.linked_by

    def test_the_engine_says_which_rule_it_followed(self):
        known = self.env["res.partner"].create({"name": "Bianchi Spa", "is_company": True, "vat": VATS[0]})
        self.firm("F1", name="Bianchi Spa", vat=VATS[0])
        self.firm("F2", name="Quite Unlike Anybody")
        self.take(FIRM)
        self.assertEqual(self.partner("F1"), known)
        self.assertEqual(self.why("F1"), ("Linked by evidence", "The engine"))
        how, who = self.why("F2")
        self.assertIn("Created", how)
        self.assertEqual(who, "The engine")
        self.assertTrue(self.link("F1").linked_at)

    def test_evidence_opens_the_decision(self):
        self.env["res.partner"].create({"name": "Bianchi Spa", "is_company": True, "vat": VATS[0]})
        self.firm("F1", name="Bianchi Spa", vat=VATS[0])
        self.firm("F2", name="Quite Unlike Anybody")
        self.take(FIRM)
        for name in GROUPS:
            action = self.link("F1").with_user(self.users[name]).action_open_decision()
            decision = self.env[action["res_model"]].with_user(self.users[name]).browse(action["res_id"])
            self.assertEqual((decision.external_id, decision.decision), ("F1", "link"))
            self.assertTrue(decision.waterfall[0]["evidence"]["parts"])
        with self.assertRaisesRegex(UserError, "without a comparison"):
            self.link("F2").with_user(self.users["operator"]).action_open_decision()

    def test_a_person_is_named_with_what_was_decided(self):
        first, _two = self.two_alike()
        for key in ("F1", "F2"):
            self.firm(key, name="Rossi Srl", email="info@rossi.example")
            self.take(FIRM)
        self.message("F1").with_user(self.steward).action_link(first.id)
        self.run_jobs()
        self.message("F2").with_user(self.users["manager"]).action_create_new()
        self.run_jobs()
        self.assertEqual(self.why("F1"), ("Linked by decision of a person", "Steward"))
        self.assertEqual(self.why("F2"), ("Created by decision of a person", "Manager"))
        self.assertIn("Manager", self.link("F2").reason, "not the user that the job ran as")

    def test_a_record_that_was_merged_away_is_shown_as_a_secondary_link(self):
        self.connection.remote_merge_handling = "secondary"
        self.firm("F1")
        self.firm("F2")
        self.take(FIRM)
        winner = self.partner("F2")
        self.platform.delete(FIRM, "F1", winner="F2")
        self.poll()
        links = winner.with_user(self.users["operator"]).sync_link_ids
        self.assertEqual(sorted(links.mapped("external_id")), ["F1", "F2"])
        roles = {link.external_id: link.link_kind for link in links}
        self.assertEqual(roles, {"F1": "Secondary link", "F2": "Customer"})
        self.assertIn("Merged into F2", self.link("F1").explanation)

    def test_only_who_works_with_the_sync_sees_it_on_the_customer(self):
        self.firm("F1", name="Quite Unlike Anybody")
        self.take(FIRM)
        partner = self.partner("F1")
        for name, user in self.users.items():
            arch = etree.fromstring(self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"])
            shown = arch.xpath("//page[@name='retail_sync']//field[@name='explanation']")
            self.assertEqual(bool(shown), name != "outsider", name)
            if name == "outsider":
                with self.assertRaises(AccessError):
                    self.link("F1").with_user(user).read(["how_linked"])
                continue
            self.assertIn("Created", partner.with_user(user).sync_link_ids.how_linked)

    def test_many_links_cost_no_query_each(self):
        for number in range(4):
            self.firm(f"F{number}", name=f"Unlike Number {number}")
        self.take(FIRM)
        links = self.env["retail.sync.link"].search([("connection_id", "=", self.connection.id)])
        self.assertGreaterEqual(len(links), 4)
        queries = {}
        for links_read in (links[:1], links):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            links_read.mapped("linked_by")
            queries[len(links_read)] = self.env.cr.sql_log_count - before
        self.assertLessEqual(queries[len(links)], queries[1])
