from functools import partial

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...domain.merge.survivorship import Reason
from ...models.merge import preview, to_platform
from ..merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestMergePreview(MergeCase):
    """The steward sees which values survive, and why, and may choose others."""

    def setUp(self):
        super().setUp()
        self.steward = self.make_user("steward", "group_steward")
        self.env["retail.sync.ownership.rule"].search([("entity", "=", "customer")]).active = False
        self.refresh()
        self.first = self.customer("One", phone="+39 011 1", street="Via Roma 1", city="Torino")
        self.second = self.customer(
            "Two", phone="+39 011 2", street="Via Po 2", zip="10100", website="http://two.example"
        )

    def rows(self, **choices):
        return {row["field"]: row for row in preview.preview_merge(self.env, self.first, self.second, choices)}

    def rule(self, name, **values):
        self.env["retail.sync.ownership.rule"].create({"entity": "customer", "canonical_field": name, **values})

    def test_without_a_rule_the_survivors_own_values_stay(self):
        rows = self.rows()
        self.assertEqual(
            (rows["name"]["text"], rows["name"]["source"], rows["name"]["differs"]), ("One", self.first.id, True)
        )
        self.assertEqual((rows["website"]["source"], rows["website"]["differs"]), (self.second.id, False))
        self.assertEqual(rows["name"]["reason"], "The surviving record's own value stays.")
        self.assertEqual({option["text"] for option in rows["phone"]["options"]}, {"+39 011 1", "+39 011 2"})

    def test_every_reason_has_a_sentence(self):
        self.assertEqual(set(preview.reason_texts(self.env)), set(Reason))
        self.rule("name", survivorship="ask")
        self.assertEqual(
            self.rows()["name"]["reason"],
            "The rule of this field is to ask a person. The surviving record's own value stays.",
        )

    def test_an_address_survives_as_a_whole(self):
        rows = self.rows(address=self.second.id)
        self.assertIn("Via Po 2", rows["address"]["text"])
        self.assertNotIn("Torino", rows["address"]["text"])
        self.merge(
            self.first,
            self.second,
            values=preview.values(self.env, self.first, self.second, {"address": self.second.id}),
        )
        self.assertEqual((self.first.street, self.first.zip, self.first.city), ("Via Po 2", "10100", False))

    def test_the_ownership_matrix_rules(self):
        self.rule("phone", owner="shared", survivorship="ask")
        self.rule("name", owner="remote", survivorship="owner_wins")
        self.assertTrue(self.rows()["phone"]["asks"])
        self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": "Firm",
                "external_id": "F1",
                "res_model": "res.partner",
                "res_id": self.second.id,
            }
        )
        self.assertEqual(self.rows()["name"]["source"], self.second.id)
        self.assertEqual(preview.values(self.env, self.first, self.second)["name"], "Two")

    def test_the_latest_edit_survives_where_the_matrix_says_so(self):
        self.rule("phone", owner="shared", survivorship="most_recent")
        self.refresh()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = now() + interval '1 day' WHERE id = %s", [self.second.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.rows()["phone"]["source"], self.second.id)

    def test_the_screen_merges_what_it_shows(self):
        env = self.env(
            user=self.steward, context={"active_model": "res.partner", "active_ids": (self.first | self.second).ids}
        )
        with Form(env["retail.sync.merge.wizard"]) as form:
            form.survivor_id = self.first.with_env(env)
            self.assertIn("Two are merged into One", form.outlook)
            form.reason = "Same VAT"
            for position, line in enumerate(form.line_ids._records):
                if line["field_name"] == "phone":
                    with form.line_ids.edit(position) as edited:
                        edited.choice_id = self.second.with_env(env)
                        self.assertEqual((edited.value_text, edited.others_text), ("+39 011 2", "+39 011 1"))
        wizard = form.record
        self.assertEqual(wizard.line_ids.filtered(lambda line: line.field_name == "name").value_text, "One")
        action = wizard.action_merge()
        self.refresh()
        merge = self.env["retail.sync.merge"].browse(action["res_id"])
        self.assertEqual((merge.survivor_id, merge.user_id, merge.reason), (self.first, self.steward, "Same VAT"))
        self.assertEqual(
            (self.first.name, self.first.phone, self.first.website), ("One", "+39 011 2", "http://two.example")
        )
        self.undo(merge)
        self.assertEqual((self.first.phone, self.first.website, self.second.phone), ("+39 011 1", False, "+39 011 2"))

    def test_the_screen_says_what_becomes_of_records_on_platforms(self):
        first, second = self.linked_firm("F1"), self.linked_firm("F2")
        outlook = partial(to_platform.outlook_of_merge, self.env)
        self.assertIn("F2", "".join(outlook(first, second)))
        self.assertIn("secondary link", "".join(outlook(first, second)))
        self.connection.odoo_merge_handling = "retire"
        self.assertIn("gets a task", "".join(outlook(first, second)))
        self.platform.retires = True
        self.assertIn("marked", "".join(outlook(first, second)))
        self.assertIn("becomes the survivor's", "".join(outlook(self.first, second)))

    def test_a_merge_needs_a_reason_and_a_steward(self):
        values = {"partner_ids": [Command.set((self.first | self.second).ids)], "survivor_id": self.first.id}
        wizard = self.env["retail.sync.merge.wizard"].with_user(self.steward).create(values)
        with self.assertRaises(UserError):
            wizard.action_merge()
        for group in ("group_operator", "group_auditor", "base.group_partner_manager"):
            user = self.make_user(group.replace(".", "_"), group)
            with self.assertRaises(AccessError):
                self.env["retail.sync.merge.wizard"].with_user(user).create(values)
