from odoo.fields import Domain
from odoo.tests import tagged

from ...models.customer.child_types import CHILD_TYPES
from ..fake_mapping import address_lines
from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase

ADDRESS = {"street": "Via Po 1", "city": "Asti"}


@tagged("post_install", "-at_install")
class TestChildPlaces(OutboundCase):
    """What Odoo keeps below a customer has a place on the platform, or the customer's record says that it has none."""

    def parent(self, remote_object):
        linked = self.linked_firm if remote_object == FIRM else self.linked_person
        return linked(city="Torino", **(dict.fromkeys(("ship_city", "bill_city")) if remote_object == FIRM else {}))

    def child(self, parent, kind, **values):
        values = {"name": f"A {kind}", "parent_id": parent.id, "type": kind, **ADDRESS, **values}
        return self.env["res.partner"].create(values)

    def remark(self, external_id):
        return self.link(external_id).warning_text or ""

    def links_of(self, child):
        return self.env["retail.sync.link"].search([("res_model", "=", "res.partner"), ("res_id", "=", child.id)])

    def test_every_type_that_odoo_knows_is_in_the_table(self):
        kinds = {kind for kind, _label in self.env["res.partner"]._fields["type"].selection}
        self.assertLessEqual(set(CHILD_TYPES), kinds)
        self.assertLessEqual({"contact", "invoice", "delivery", "other"}, set(CHILD_TYPES))

    def test_every_type_has_a_place_or_a_remark(self):
        for remote_object, external_id in ((FIRM, "F1"), (PERSON, "P1")):
            parent = self.parent(remote_object)
            for kind, _label in self.env["res.partner"]._fields["type"].selection:
                with self.subTest(below=remote_object, kind=kind):
                    child = self.child(parent, kind)
                    self.send()
                    placed, remarked = bool(self.links_of(child)), f"#{child.id}" in self.remark(external_id)
                    self.assertNotEqual(placed, remarked)

    def test_where_no_stream_creates_contacts_their_customer_says_so(self):
        """Salesforce has contacts of accounts, and none of contacts."""
        self.patch(
            type(self.env["retail.sync.adapter.fake"]),
            "export_domain",
            lambda adapter, stream: Domain("parent_id", "=", False),
        )
        parent = self.parent(PERSON)
        child = self.child(parent, "contact")
        self.send()
        self.assertIn(f"#{child.id}", self.remark("P1"))

    def other_is_mapped(self):
        self.stream(PERSON).map_ids = [(0, 0, dict(line, direction="both")) for line in address_lines("oth_", "other")]

    def test_another_address_of_a_person_is_sent(self):
        self.other_is_mapped()
        parent = self.linked_person(city="Torino", oth_street=None, oth_city=None, oth_zip=None, oth_country=None)
        child = self.child(parent, "other")
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["oth_city"], "Asti")
        self.assertEqual(self.links_of(child).part, "other")
        self.assertEqual(len(self.platform.rows[PERSON]), 1, "it is no person of its own")
        self.made_before()
        child.city = "Alba"
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["oth_city"], "Alba")
        self.assertFalse(self.remark("P1"))

    def test_a_new_person_takes_another_address_along(self):
        self.other_is_mapped()
        parent = self.env["res.partner"].create({"name": "Ada New", "city": "Torino"})
        child = self.child(parent, "other")
        bill = self.child(parent, "invoice")
        self.send()
        link = self.links_of(parent)
        self.assertEqual(self.remote(link.external_id, PERSON)["oth_city"], "Asti")
        self.assertEqual(self.links_of(child).part, "other")
        self.assertIn(f"#{bill.id}", link.warning_text)

    def test_what_holds_no_address_needs_no_remark(self):
        parent = self.parent(PERSON)
        self.child(parent, "invoice", street=False, city=False)
        self.send()
        self.assertFalse(self.remark("P1"))

    def test_a_remark_ends_with_its_reason(self):
        parent = self.parent(PERSON)
        child = self.child(parent, "delivery")
        self.send()
        self.assertIn(f"#{child.id}", self.remark("P1"))
        self.made_before()
        child.active = False
        self.send()
        self.assertFalse(self.remark("P1"))

    def placeless(self, kind="delivery"):
        """Return (customer, child that the platform has no place for), once the customer's record says so."""
        parent = self.parent(PERSON)
        child = self.child(parent, kind)
        self.send()
        self.assertIn(f"#{child.id}", self.remark("P1"))
        self.made_before()
        return parent, child

    def test_a_remark_ends_when_the_child_is_deleted(self):
        """The row was gone, and with it whose it was: the remark stayed for ever."""
        _parent, child = self.placeless()
        child.unlink()
        self.send()
        self.assertFalse(self.remark("P1"))

    def test_a_remark_ends_when_the_child_is_deleted_by_plain_sql(self):
        _parent, child = self.placeless()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [child.id])
        self.env.invalidate_all()
        self.send()
        self.assertFalse(self.remark("P1"))

    def test_a_remark_moves_with_the_child_to_another_customer(self):
        _parent, child = self.placeless()
        other = self.linked_person("P2", city="Cuneo")
        child.parent_id = other
        self.send()
        self.assertFalse(self.remark("P1"))
        self.assertIn(f"#{child.id}", self.remark("P2"))

    def test_a_remark_ends_when_the_address_becomes_a_contact_of_its_own(self):
        _parent, child = self.placeless()
        child.type = "contact"
        self.send()
        self.assertTrue(self.links_of(child), "it has a record of its own")
        self.assertNotIn(f"#{child.id}", self.remark("P1"))

    def test_what_leaves_a_customer_without_remarks_costs_no_look_at_the_platform(self):
        parent = self.parent(PERSON)
        child = self.child(parent, "invoice", street=False, city=False)
        self.send()
        self.made_before()
        self.platform.calls.clear()
        child.unlink()
        self.send()
        self.assertFalse(self.platform.calls)

    def test_what_leaves_a_customer_of_no_platform_creates_none_there(self):
        parent = self.env["res.partner"].create({"name": "Ada New"})
        child = self.child(parent, "invoice")
        self.made_before()
        child.unlink()
        self.send()
        self.assertFalse(self.links_of(parent))
