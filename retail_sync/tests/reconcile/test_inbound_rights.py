from unittest.mock import patch

from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from ...models.links import deferred_references
from ...models.reconcile import apply
from ..fake_platform import FIRM, PERSON
from ..takeover_case import TakeoverCase


@tagged("post_install", "-at_install")
class TestInboundRights(TakeoverCase):
    """Inbound work has superuser rights, and asks of each customer what Odoo would ask of the integration user."""

    def rule(self, operation, domain):
        """Allow an operation on those customers alone that are in a domain."""
        operations = {f"perm_{name}": name == operation for name in ("read", "write", "create", "unlink")}
        self.env["ir.rule"].create(
            {
                "name": "Rule of the shop",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": repr(domain),
                **operations,
            }
        )
        self.env.flush_all()

    def assertDenied(self, external_id, code="ODOO_ACCESS"):
        message = self.message(external_id)
        self.assertEqual((message.state, message.fault_code), ("open", code))
        return message

    def test_a_customer_that_the_integration_user_may_not_create(self):
        self.rule("create", [("city", "!=", "Sealed")])
        self.firm("F1", city="Torino")
        self.firm("F2", city="Sealed")
        self.assertEqual(self.take(FIRM), {"created": 1, "failed": 1})
        self.assertDenied("F2")
        self.assertFalse(self.partners.search([("name", "=", "Firm F2")]))

    def test_an_address_that_the_integration_user_may_not_create(self):
        self.firm("F1", city="Torino")
        self.take(FIRM)
        self.rule("create", [("city", "!=", "Sealed")])
        self.firm("F1", city="Torino", bill_street="Via Po 1", bill_city="Sealed")
        self.assertEqual(self.take(FIRM), {"failed": 1})
        self.assertDenied("F1")
        self.assertFalse(self.partner("F1").child_ids)

    def test_a_customer_that_the_integration_user_may_not_archive(self):
        self.firms.delete_policy = "archive"
        for external_id in ("F1", "F2"):
            self.firm(external_id)
        self.take(FIRM)
        self.rule("write", [("name", "!=", "Firm F2")])
        self.report_deletions(FIRM, "F1", "F2")
        self.assertEqual((self.partner("F1").active, self.partner("F2").active), (False, True))
        self.assertIn("integration user", self.assertDenied("F2", "DELETE_REFUSED").fault_message)

    def test_a_customer_that_the_integration_user_may_not_put_under_a_parent(self):
        self.person("P1", firm="F1")
        self.take(PERSON)
        self.rule("write", [("name", "!=", "Person P1")])
        self.firm("F1")
        self.take(FIRM)
        deferred_references.link(self.env, self.connection)
        self.assertFalse(self.partner("P1").parent_id)
        self.assertIn("integration user", self.link("P1").warning_text)

    def test_a_field_that_belongs_to_a_group_of_which_the_integration_user_is_none(self):
        self.firm("F1", website="https://before.example")
        self.take(FIRM)
        with patch.object(self.partners._fields["website"], "groups", "base.group_system"):
            self.later_than_odoo()
            self.firm("F1", website="https://after.example")
            self.assertEqual(self.take(FIRM), {"failed": 1})
        self.assertIn("website", self.assertDenied("F1").fault_message)
        self.assertEqual(self.partner("F1").website, "https://before.example")

    def test_what_odoo_words_for_administrators_is_a_refusal_like_others(self):
        fault = apply.as_fault(RedirectWarning("Archive the user first.", 1, "Go to users"))
        self.assertEqual((fault.code, fault.message), ("ODOO_VALIDATION", "Archive the user first."))

    def test_every_write_of_a_page_asks_the_guard(self):
        """Creating, changing, moving, gaining and losing addresses, archiving, reviving: all ways of a page."""
        self.firms.delete_policy = "archive"
        with self.watch() as unguarded:
            self.firm("F1", city="Torino", street="Via Roma 1", vat="IT00743110157")
            self.firm("F2", city="Milano", bill_street="Via Po 1", bill_city="Asti")
            self.take(FIRM)
            self.person("P1", firm="F1", city="Torino", street="Via Roma 1")
            self.person("P2", firm="F3")
            self.take(PERSON)
            self.later_than_odoo()
            self.firm("F1", city="Asti", street="Via Nuova 2", vat="IT12345670017", parent="F2")
            self.firm("F2", city="Milano", bill_street=None, bill_city=None, ship_street="Via Po 1", ship_city="Asti")
            self.firm("F3")
            self.take(FIRM)
            self.person("P1", firm="F3", city="Torino", street="Via Roma 1")
            self.take(PERSON)
            deferred_references.link(self.env, self.connection)
            self.report_deletions(FIRM, "F2", F1="F3")
            self.firm("F2", city="Milano")
            self.take(FIRM)
        self.assertEqual(unguarded, [])
        self.assertTrue(self.partner("P2").parent_id, "the deferred step was one of the ways")

    def test_the_guard_of_a_page_takes_no_query_per_record(self):
        counts = []
        self.later_than_odoo()
        for number in (2, 8):
            ids = [f"F{number}{place}" for place in range(number)]
            for external_id in ids:
                self.firm(external_id, city="Torino", street="Via Roma 1")
            self.take(FIRM)
            for external_id in ids:
                self.customer(name=f"Below {external_id}", parent_id=self.partner(external_id).id)
            for place, external_id in enumerate(ids):
                self.firm(external_id, city="Asti", street=f"Via Nuova {place}", vat=False)
            with self.guard_queries() as queries:
                self.assertEqual(self.take(FIRM), {"updated": number})
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertTrue(counts[0])
