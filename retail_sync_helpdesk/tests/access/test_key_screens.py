from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import file_open

from ...models.access import key_lookup, places
from .key_case import KeyMixin


@tagged("post_install", "-at_install")
class TestKeyScreens(KeyMixin, TransactionCase):
    """Keys on screens, and in a copy of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "key-clerk", "retail_sync_helpdesk.group_service_manager")

    def test_a_machine_is_offered_caps(self):
        with Form(self.env["retail.sync.api.key"].with_user(self.manager)) as form:
            form.name = "Refund bot"
            form.kind = "machine"

        key = form.record
        self.assertEqual((key.owner_id, sorted(key.cap_ids.mapped("hours"))), (self.manager, [1, 24]))

    def test_the_dialog_shows_the_secret_and_stores_nothing(self):
        key = self.make_key().with_user(self.manager)
        action = key.action_issue()
        secret = action["context"]["default_key"]

        model = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        form = Form(model, view=self.env["ir.ui.view"].browse(action["views"][0][0]))

        self.assertEqual(form.key, secret)
        self.assertTrue(model._abstract)

    def test_the_number_of_look_ups_is_a_setting(self):
        self.env["res.config.settings"].create({"retail_sync_look_ups": 3}).execute()

        self.assertEqual(places.number_of_places(self.env), 3)

    def test_a_number_that_makes_no_sense_is_replaced(self):
        for text, expected in (("", places.DEFAULT), ("x", places.DEFAULT), ("0", 1), ("9999", places.MOST)):
            self.env["ir.config_parameter"].set_param(places.SETTING, text)

            self.assertEqual(places.number_of_places(self.env), expected)

    def test_a_copy_of_the_database_answers_no_desk(self):
        key = self.make_key()
        secret = self.secret_of(key)
        self.env.flush_all()

        with file_open("retail_sync_helpdesk/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()

        self.assertIsNone(key_lookup.by_secret(self.env, secret))
        self.assertEqual(key.state, "new")
