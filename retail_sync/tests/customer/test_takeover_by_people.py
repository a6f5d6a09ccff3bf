from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.customer import protected_links
from ..fake_platform import PERSON
from ..takeover_case import CODE, KINDS, STRANGE, TakeoverCase, each_kind


@tagged("post_install", "-at_install")
class TestLinksFromBefore(TakeoverCase):
    """A customer who was linked becomes a colleague: people end the link, and nothing is sent until then."""

    # -- people who have less rights than an administrator

    @each_kind(linked=True, rule="evidence")
    def test_a_steward_ends_the_link_and_no_value_comes_back(self, kind, partner, remote_object):
        self.put(kind, "X1", **STRANGE)
        self.take(remote_object)
        before = self.picture(partner)
        steward = self.make_user("steward", "group_steward", "base.group_partner_manager")
        self.link("X1").with_user(steward).action_undo()
        self.assertFalse(self.link("X1"))
        self.assertEqual(self.picture(partner), before)

    def test_a_merge_that_is_undone_gives_a_colleague_no_value_back(self):
        steward = self.make_user("steward", "group_steward", "base.group_partner_manager")
        survivor, loser = self.customer(name="Kept"), self.customer(name="Lost", email="lost@elsewhere.example")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((survivor | loser).ids, survivor)
        merge = self.env["retail.sync.merge"].search([], limit=1)
        self.protect("colleague", survivor)
        with self.untouched(survivor), self.assertRaisesRegex(UserError, "administrator"):
            merge.with_user(steward)._undo("They are two")

    def test_a_steward_merges_no_colleague_into_a_customer(self):
        steward = self.make_user("steward", "group_steward", "base.group_partner_manager")
        customer, colleague = self.customer(name="Kept"), self.customer()
        self.protect("colleague", colleague)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(steward)
        for survivor in (customer, colleague):
            with self.untouched(colleague, customer), self.assertRaisesRegex(UserError, "administrator"):
                wizard._merge((customer | colleague).ids, survivor)

    def test_an_administrator_merges_no_linked_customer_into_a_colleague(self):
        customer, colleague = self.customer(name="Kept"), self.customer()
        self.link_to("X1", customer, PERSON)
        self.protect("colleague", colleague)
        for survivor in (customer, colleague):
            with self.untouched(colleague, customer), self.assertRaisesRegex(UserError, "Undo link"):
                self.env["base.partner.merge.automatic.wizard"]._merge((customer | colleague).ids, survivor)

    @each_kind(linked=True)
    def test_the_sweeper_reports_a_link_of_a_customer_who_became_a_colleague(self, kind, partner, _remote_object):
        expected = 0 if kind == "visitor" else 1  # a visitor's user is made by no person
        before = self.picture(partner)
        self.assertEqual(protected_links.report(self.env(su=True)), expected)
        self.assertEqual(protected_links.report(self.env(su=True)), 0)
        if expected:
            message = self.message("X1")
            self.assertEqual((message.state, message.fault_code, message.res_id), ("open", CODE, partner.id))
            self.assertEqual(self.link("X1").state, "attention")
        self.assertEqual(self.picture(partner), before)

    # -- nothing leaks

    def test_nothing_of_a_customer_who_became_a_colleague_is_sent(self):
        for kind, is_company in KINDS.items():
            with self.alone(kind=kind):
                partner = self.linked_firm("X1") if is_company else self.linked_person("X1")
                self.protect(kind, partner)
                self.send()
                self.platform.writes.clear()
                partner.write({"phone": "+39 347 5550000", "email": "new@shop.example"})
                self.send()
                self.assertEqual(self.platform.writes, [])
                [message] = self.outbox("open")
                self.assertEqual(message.fault_code, CODE)

    @each_kind()
    def test_no_partner_without_a_link_is_sent(self, _kind, partner, _remote_object):
        self.made_before()
        partner.write({"phone": "+39 347 5550000"})
        self.send()
        self.assertEqual([write for write in self.platform.writes if "5550000" in str(write)], [])
