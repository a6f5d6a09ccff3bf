from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...adapter import FaultError
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

SHIPPED = {"ship_street": "Via Po 9", "ship_city": "Asti", "ship_zip": "14100", "ship_country": "IT"}
NOWHERE = dict.fromkeys(SHIPPED)


class PartsCase(OutboundCase):
    """A firm with a main address, and what becomes of its delivery address."""

    def firm_with(self, **values):
        """Return a linked firm that shows all of its fields."""
        given = {"street": "Via Roma 1", "city": "Torino", "zip": "10100", "country": "IT", **NOWHERE, **values}
        return self.linked_firm(**given)

    def address(self, partner, street="Via Po 9", kind="delivery", **values):
        return self.env["res.partner"].create(
            {"parent_id": partner.id, "type": kind, "street": street, "city": "Asti", "zip": "14100",
             "country_id": self.env.ref("base.it").id, **values}
        )  # fmt: skip

    def exchange(self):
        for _ in range(3):
            self.retry()
            self.take(FIRM)
        self.retry()

    def retry(self):
        """Send all that waits, as if its time had come."""
        self.outbox("pending").write({"next_try_at": False})
        self.send()

    def deliveries(self, partner, kind="delivery"):
        return self.partners.search([("parent_id", "=", partner.id), ("type", "=", kind)], order="id")

    def part(self, part="delivery"):
        return self.partners.browse(self.link("F1", part).res_id).exists()

    def shipped(self):
        return self.remote("F1").get("ship_street"), self.remote("F1").get("ship_city")


@tagged("post_install", "-at_install")
class TestAdoption(PartsCase):
    """An address that Odoo has is never made a second time."""

    def test_first_meeting_with_the_same_address(self):
        partner = self.env["res.partner"].create({"name": "Firm F1", "is_company": True, "vat": "IT00743110157"})
        child = self.address(partner)
        self.firm("F1", vat="IT00743110157", city="Torino", **SHIPPED)
        self.assertEqual(self.take(FIRM), {"linked": 1})
        self.assertEqual(self.deliveries(partner), child)
        self.assertEqual(self.part(), child)

    def test_first_meeting_with_the_only_one_of_its_kind(self):
        partner = self.env["res.partner"].create({"name": "Firm F1", "is_company": True, "vat": "IT00743110157"})
        child = self.address(partner, "Other street 5")
        self.later_than_odoo()
        self.firm("F1", vat="IT00743110157", city="Torino", **SHIPPED)
        self.take(FIRM)
        self.assertEqual((self.deliveries(partner), self.part()), (child, child))
        self.assertEqual(child.street, "Via Po 9")

    def test_several_others_are_left_alone(self):
        partner = self.env["res.partner"].create({"name": "Firm F1", "is_company": True, "vat": "IT00743110157"})
        others = self.address(partner, "One 1") + self.address(partner, "Two 2")
        self.firm("F1", vat="IT00743110157", city="Torino", **SHIPPED)
        self.take(FIRM)
        self.assertEqual(self.deliveries(partner) - self.part(), others)
        self.assertEqual(others.mapped("street"), ["One 1", "Two 2"])
        self.assertIn("Use this address", self.link("F1").warning_text)

    def test_of_several_the_same_one_is_taken(self):
        partner = self.env["res.partner"].create({"name": "Firm F1", "is_company": True, "vat": "IT00743110157"})
        self.address(partner, "One 1")
        same = self.address(partner)
        self.firm("F1", vat="IT00743110157", city="Torino", **SHIPPED)
        self.take(FIRM)
        self.assertEqual((self.part(), len(self.deliveries(partner))), (same, 2))

    def test_an_address_made_in_odoo_arrives(self):
        partner = self.firm_with()
        child = self.address(partner)
        self.exchange()
        self.assertEqual((self.shipped(), self.part()), (("Via Po 9", "Asti"), child))
        self.made_before()
        child.street = "Via Po 10"
        self.exchange()
        self.assertEqual((self.shipped()[0], self.deliveries(partner)), ("Via Po 10", child))

    def test_instead_of_a_copy_of_the_main_address(self):
        partner = self.firm_with(ship_street="Via Roma 1", ship_city="Torino", ship_zip="10100", ship_country="IT")
        child = self.address(partner)
        self.exchange()
        self.assertEqual((self.shipped()[0], self.deliveries(partner), child.street), ("Via Po 9", child, "Via Po 9"))

    def test_lost_answer(self):
        partner = self.firm_with()
        child = self.address(partner)
        self.platform.answer_lost = True
        self.exchange()
        self.assertEqual((self.deliveries(partner), self.part(), self.shipped()[0]), (child, child, "Via Po 9"))

    def test_lost_answer_and_an_edit_since(self):
        partner = self.firm_with()
        child = self.address(partner)
        self.platform.answer_lost = True
        self.send()
        self.made_before()
        child.street = "Via Po 11"
        self.exchange()
        self.assertEqual((self.deliveries(partner), self.part(), self.shipped()[0]), (child, child, "Via Po 11"))

    def test_lost_answer_of_a_new_customer(self):
        partner = self.env["res.partner"].create({"name": "Nuova", "is_company": True, "city": "Torino"})
        child = self.address(partner)
        self.platform.answer_lost = True
        self.exchange()
        self.assertEqual(len(self.platform.rows[FIRM]), 1)
        self.assertEqual(self.deliveries(partner), child)
        self.made_before()
        child.street = "Via Po 12"
        self.exchange()
        self.assertEqual(next(iter(self.platform.rows[FIRM].values()))["ship_street"], "Via Po 12")

    def test_own_write_is_read_before_its_result(self):
        partner = self.firm_with()
        child = self.address(partner)
        push = type(self.env["retail.sync.adapter.fake"]).push

        def read_at_once(adapter, stream, outgoing):
            answers = push(adapter, stream, outgoing)
            self.take(FIRM)
            return answers

        self.patch(type(self.env["retail.sync.adapter.fake"]), "push", read_at_once)
        self.exchange()
        self.assertEqual((self.deliveries(partner), self.part()), (child, child))


@tagged("post_install", "-at_install")
class TestPresence(PartsCase):
    """An address goes when a person or the platform removes it, and for no other reason."""

    def test_becoming_equal_to_the_main_address_keeps_it(self):
        partner = self.firm_with(**SHIPPED)
        child = self.part()
        child.name = "Ramp 7, ring twice"
        self.later_than_odoo()
        self.firm("F1", street="Via Po 9", city="Asti", zip="14100", country="IT")
        self.take(FIRM)
        self.assertEqual((partner.street, child.active, self.part()), ("Via Po 9", True, child))
        self.firm("F1", ship_street="Via Po 77")
        self.take(FIRM)
        self.assertEqual((child.street, self.deliveries(partner)), ("Via Po 77", child))

    def test_emptied_there(self):
        partner = self.firm_with(**SHIPPED)
        child = self.part()
        self.later_than_odoo()
        self.firm("F1", **NOWHERE)
        self.exchange()
        self.assertFalse(child.active)
        self.assertEqual(self.shipped(), (None, None))
        self.firm("F1", **{**SHIPPED, "ship_street": "Via Alba 5"})
        self.exchange()
        self.assertEqual((child.active, child.street, self.deliveries(partner)), (True, "Via Alba 5", child))

    def test_emptied_there_before_an_edit_here(self):
        self.firm_with(**SHIPPED)
        child = self.part()
        self.firm("F1", **NOWHERE)
        child.street = "Via Po 99"
        self.exchange()
        self.assertEqual((child.active, self.shipped()[0]), (True, "Via Po 99"))

    def test_emptied_there_after_an_edit_here_asks(self):
        self.firm_with(**SHIPPED)
        child = self.part()
        child.street = "Via Po 99"
        self.later_than_odoo()
        self.firm("F1", **NOWHERE)
        self.send()
        self.take(FIRM)
        self.assertEqual((child.active, child.street), (True, "Via Po 99"))
        self.assertEqual(self.message("F1").fault_code, "CONFLICT")
        self.message("F1").action_keep_odoo()
        self.run_jobs()
        self.exchange()
        self.assertEqual((child.active, self.shipped()[0]), (True, "Via Po 99"))

    def test_archived_here(self):
        self.firm_with(**SHIPPED)
        child = self.part()
        child.active = False
        self.exchange()
        self.assertEqual(self.shipped(), (None, None))
        self.assertFalse(child.active)
        child.active = True
        self.exchange()
        self.assertEqual((self.shipped()[0], self.part()), ("Via Po 9", child))

    def test_deleted_here_and_replaced(self):
        partner = self.firm_with(**SHIPPED)
        self.part().unlink()
        self.exchange()
        self.assertEqual(self.shipped(), (None, None))
        self.assertFalse(self.deliveries(partner))
        child = self.address(partner, "New 1")
        self.exchange()
        self.assertEqual((self.shipped()[0], self.part(), self.deliveries(partner)), ("New 1", child, child))

    def test_deleted_and_replaced_at_once(self):
        partner = self.firm_with(**SHIPPED)
        self.part().unlink()
        child = self.address(partner, "New 1")
        self.exchange()
        self.assertEqual((self.shipped()[0], self.part(), self.deliveries(partner)), ("New 1", child, child))
        self.later_than_odoo()
        self.firm("F1", ship_street="There 2")
        self.exchange()
        self.assertEqual((child.street, self.deliveries(partner)), ("There 2", child))

    def test_archived_and_replaced(self):
        partner = self.firm_with(**SHIPPED)
        old = self.part()
        old.active = False
        child = self.address(partner, "New 1")
        self.exchange()
        self.assertEqual((self.shipped()[0], self.part()), ("New 1", child))
        self.assertFalse(old.active)

    def test_edited_there_before_it_was_archived_here_asks(self):
        self.firm_with(**SHIPPED)
        child = self.part()
        self.firm("F1", ship_street="There 2")
        child.active = False
        self.exchange()
        self.assertEqual(self.shipped()[0], "There 2")
        self.assertEqual(self.message("F1").fault_code, "CONFLICT")
        self.message("F1").action_take_remote()
        self.run_jobs()
        self.exchange()
        self.assertEqual((child.active, child.street), (True, "There 2"))

    def test_edited_there_after_it_was_deleted_here(self):
        partner = self.firm_with(**SHIPPED)
        self.part().unlink()
        self.later_than_odoo()
        self.firm("F1", ship_street="There 2")
        self.exchange()
        self.assertEqual((self.deliveries(partner).street, self.shipped()[0]), ("There 2", "There 2"))

    def test_turned_into_an_invoice_address(self):
        partner = self.firm_with(**SHIPPED, **dict.fromkeys(("bill_street", "bill_city", "bill_zip", "bill_country")))
        child = self.part()
        child.type = "invoice"
        self.exchange()
        self.assertEqual(self.shipped(), (None, None))
        self.assertEqual(self.remote("F1")["bill_street"], "Via Po 9")
        self.assertEqual((self.part("invoice"), self.deliveries(partner, "invoice")), (child, child))

    def test_customer_archived_with_its_addresses(self):
        partner = self.firm_with(**SHIPPED)
        (partner + self.part()).write({"active": False})
        self.exchange()
        self.assertEqual(self.shipped()[0], "Via Po 9")

    def test_deleted_there_and_back(self):
        self.connection.stream_ids.write({"delete_policy": "archive"})
        partner, child = self.firm_with(**SHIPPED), self.part()
        row = {name: value for name, value in self.remote("F1").items() if name not in ("id", "version")}
        self.report_deletions(FIRM, "F1")
        self.assertEqual((partner.active, child.active), (False, False))
        self.platform.put(FIRM, "F1", **row)
        self.exchange()
        self.assertEqual((partner.active, child.active, self.shipped()[0]), (True, True, "Via Po 9"))


@tagged("post_install", "-at_install")
class TestRepeats(PartsCase):
    """Addresses over there that are the main one: Odoo shows one value, and an edit of it edits all."""

    def test_the_copies_follow(self):
        copy = {"ship_street": "Via Roma 1", "ship_city": "Torino", "ship_zip": "10100", "ship_country": "IT"}
        partner = self.firm_with(**copy)
        partner.write({"street": "Via Nuova 9", "city": "Asti"})
        self.exchange()
        self.assertEqual((self.remote("F1")["street"], self.shipped()), ("Via Nuova 9", ("Via Nuova 9", "Asti")))
        self.assertFalse(self.deliveries(partner))

    def test_another_one_stays(self):
        partner = self.firm_with(**SHIPPED)
        partner.write({"street": "Via Nuova 9"})
        self.exchange()
        self.assertEqual((self.remote("F1")["street"], self.shipped()[0]), ("Via Nuova 9", "Via Po 9"))

    def test_an_edit_of_something_else_leaves_them(self):
        copy = {"ship_street": "via roma 1", "ship_city": "TORINO", "ship_zip": "10100", "ship_country": "IT"}
        partner = self.firm_with(**copy)
        partner.phone = "+390115550000"
        self.exchange()
        self.assertEqual([set(sent) for _id, sent in self.platform.writes], [{"phone"}])

    def test_one_that_was_moved_there_gets_a_record(self):
        copy = {"ship_street": "Via Roma 1", "ship_city": "Torino", "ship_zip": "10100", "ship_country": "IT"}
        partner = self.firm_with(**copy)
        self.later_than_odoo()
        self.firm("F1", ship_street="Elsewhere 4")
        self.exchange()
        self.assertEqual(self.deliveries(partner).street, "Elsewhere 4")


@tagged("post_install", "-at_install")
class TestEditTimes(PartsCase):
    """An unrelated write is no edit of a value."""

    def test_old_local_value_in_a_stream_that_only_reads(self):
        partner = self.firm_with(phone="+390115550001")
        self.connection.stream_ids.write({"direction": "in"})
        self.env["retail.sync.capture"]._refresh()
        partner.phone = "+390115550002"
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() + timedelta(days=1), partner.id],
        )
        self.env.invalidate_all()
        self.firm("F1", phone="+390115550003")
        self.take(FIRM)
        self.assertEqual(self.message("F1").fault_code, "CONFLICT")
        self.assertEqual(partner.phone, "+390115550002")

    def test_refused_address_stays_in_odoo(self):
        partner = self.firm_with()
        child = self.address(partner)
        self.platform.refusals["F1"] = FaultError("business", "BAD_ADDRESS", "No such street")
        self.send()
        self.take(FIRM)
        self.assertEqual((self.deliveries(partner), child.active, child.street), (child, True, "Via Po 9"))
