from odoo import Command
from odoo.tests import Form, tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestRecordName(EngineCase):
    """A link is found by the name of its record, by those who may see that record."""

    def setUp(self):
        super().setUp()
        self.firm("F1", name="Rossi Sport")
        self.take(FIRM)
        self.person("P1", name="Ada Bruni", firm="F1")
        self.take(PERSON)

    def found(self, text, user=None):
        links = self.env["retail.sync.link"].with_user(user or self.env.user)
        return set(links.search([("record_name", "ilike", text), ("part", "=", "main")]).mapped("external_id"))

    def test_by_name(self):
        self.assertEqual(self.found("ada bru"), {"P1"})
        self.assertEqual(self.found("Sport"), {"F1", "P1"}, "persons are found by their company too")
        self.assertEqual(self.found("Nowhere"), set())
        self.assertEqual(self.link("P1").record_name, "Ada Bruni")

    def test_archived_records_are_found(self):
        self.partner("P1").active = False
        self.assertEqual(self.found("ada bru"), {"P1"})

    def test_records_of_another_company_are_not(self):
        other = self.env["res.company"].create({"name": "Other company"})
        operator = self.make_user("name-operator", "group_operator")
        self.assertEqual(self.found("ada bru", operator), {"P1"})
        self.partner("P1").company_id = other
        self.assertEqual(self.found("ada bru", operator), set())
        self.assertNotIn(other, operator.company_ids)
        operator.company_ids = [Command.link(other.id)]

    def test_deleted_record_has_no_name(self):
        link = self.link("P1")
        self.partner("P1").unlink()
        self.env.invalidate_all()
        self.assertFalse(link.record_name)

    def test_forms_offer_the_undo_to_stewards(self):
        for group, offered in (("group_steward", True), ("group_operator", False)):
            user = self.make_user(f"undo-{group}", group)
            for model in ("retail.sync.link", "retail.sync.match.decision"):
                arch = self.env[model].with_user(user).get_view(view_type="form")["arch"]
                self.assertEqual('name="action_undo"' in arch, offered, f"{model} as {group}")
        self.assertTrue(Form(self.link("P1")).record_name)
