from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..outbound_case import OutboundCase

GROUPS = {"operator": False, "steward": True, "manager": True, "auditor": False}


@tagged("post_install", "-at_install")
class TestCreateAnyway(OutboundCase):
    """A new customer that the platform takes for another one: a person may know better."""

    def refused(self, rule="warn"):
        """A new customer whom the platform refuses; return the message about it."""
        self.platform.look_alikes["Rossi Due"] = rule
        self.customer = self.env["res.partner"].create({"name": "Rossi Due", "is_company": True})
        self.send()
        return self.outbox("open")

    def links(self):
        return self.env["retail.sync.link"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.id)]
        )

    def test_a_look_alike_is_created_anyway_when_a_person_decides_so(self):
        message = self.refused()
        self.assertEqual((message.fault_code, message.may_create_anyway), ("LOOKS_ALIKE", True))
        self.assertFalse(self.links())
        message.action_create_anyway()
        self.send()
        self.assertTrue(self.links().external_id)
        self.assertEqual(message.state, "done")
        self.assertTrue(message.create_anyway)

    def test_what_the_platform_forbids_says_so_and_offers_it_no_more(self):
        message = self.refused("block")
        message.action_create_anyway()
        self.send()
        self.assertEqual((message.state, message.may_create_anyway), ("open", False))
        self.assertFalse(self.links())
        with self.assertRaises(UserError):
            message.action_create_anyway()

    def test_what_was_said_holds_after_an_edit(self):
        """The edit makes a message of its own, which would have been refused again."""
        message = self.refused("block")
        message.action_create_anyway()
        self.send()
        message._resolve("Overtaken")
        self.made_before()
        self.platform.look_alikes["Rossi Tre"] = "warn"
        self.customer.name = "Rossi Tre"
        self.send()
        self.assertTrue(self.links())
        self.assertFalse(self.outbox("open"))

    def test_other_refusals_are_not_answered_so(self):
        message = self.refused()
        message.fault_code = "NO_SUCH_FIELD"
        self.assertFalse(message.may_create_anyway)
        with self.assertRaises(UserError):
            message.action_create_anyway()

    def test_who_may_create_anyway(self):
        message = self.refused()
        for name, may in GROUPS.items():
            user = self.make_user(name, group_ids=[(4, self.env.ref(f"retail_sync.group_{name}").id)])
            of_user = message.with_user(user)
            with self.env.cr.savepoint() as savepoint:
                if may:
                    of_user.action_create_anyway()
                    self.assertTrue(message.create_anyway)
                else:
                    with self.assertRaises(AccessError):
                        of_user.action_create_anyway()
                savepoint.rollback()
                self.env.invalidate_all()
