from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ...models.inbound import full_load
from ...models.runs import refresh_queue
from ..common import FakePlatformMixin


@tagged("post_install", "-at_install", "browser")
class TestTour(FakePlatformMixin, HttpCase):
    """In a real browser, against a fake platform. Jobs are run at once, as a runner with nothing else to do would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.unlink()
        cls.make_user("manager", "group_manager", lang="en_US")

    def run_jobs_after(self, module, function):
        """Let the jobs that a method queues run before its answer goes out."""
        original = getattr(module, function)

        def wrapper(env, *args, **kwargs):
            result = original(env, *args, **kwargs)
            # The request's environment and the test's are two views of one transaction.
            env.flush_all()
            self.env.invalidate_all()
            self.correct_remote()
            self.run_jobs()
            env.invalidate_all()
            return result

        patcher = patch.object(module, function, wrapper)
        patcher.start()
        self.addCleanup(patcher.stop)

    def correct_remote(self):
        """Before the retry, a user of the platform corrects the record that failed."""
        if self.env["retail.sync.message"].search_count([("external_id", "=", "F2"), ("state", "=", "open")]):
            self.platform.put("Firm", "F2", name="Named at last")

    def test_first_load(self):
        # Connections of demo or earlier use would take the tour's first step away.
        self.env["retail.sync.connection"].search([]).active = False
        partner = self.env["res.partner"]
        for function, vat in (("Buyer", "IT00743110157"), ("Director", "IT12345670017")):
            partner.create({"name": "Marc Demo", "email": "marc@demo.example", "function": function, "vat": vat})
        self.platform.checks[1].update(ok=False, level="warning", detail="VAT number is hidden from our user.")
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example")
        self.platform.put("Firm", "F2", name="", email="lost@rossi.example")
        self.platform.put("Person", "P1", name="Marc Demo", email="marc@demo.example", phone="+39 347 9998887")
        self.platform.put("Person", "P2", name="Ada Bruni", firm="F1")
        self.run_jobs_after(full_load, "start")
        self.run_jobs_after(refresh_queue, "enqueue_ids")
        self.start_tour("/odoo/retail-sync", "retail_sync_first_load", login="manager", timeout=180)
        self.env.invalidate_all()
        connection = self.env["retail.sync.connection"].search([("name", "=", "Tour shop")])
        self.assertEqual(connection.state, "running")
        self.assertEqual(self.partner("F2").name, "Named at last")
        self.assertEqual(self.partner("P1").phone, "+393479998887")
        self.assertEqual(self.partner("P2").parent_id, self.partner("F1"))
        self.assertFalse(self.env["retail.sync.message"].search([("is_exception", "=", True)]))

    def test_reviews_from_the_keyboard(self):
        partners = {}
        for name, email in (("Marc Demo", "marc@demo.example"), ("Ada Bruni", "ada@demo.example")):
            partners[name] = self.env["res.partner"].create(
                [{"name": name, "email": email, "vat": vat} for vat in ("IT00743110157", "IT12345670017")]
            )
        self.platform.put("Person", "P1", name="Marc Demo", email="marc@demo.example")
        self.platform.put("Person", "P2", name="Ada Bruni", email="ada@demo.example")
        self.first_load(self.make_connection())
        self.run_jobs_after(refresh_queue, "enqueue_ids")
        self.start_tour("/odoo/retail-sync-reviews", "retail_sync_reviews", login="manager", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(self.partner("P2"), partners["Ada Bruni"][1])
        self.assertEqual(self.partner("P1"), partners["Marc Demo"][0])

    def test_screens_of_an_operator(self):
        """Every menu item opens without a console error for a user with few rights, empty and full."""
        self.make_user("operator", "group_operator", lang="en_US")
        self.start_tour("/odoo/retail-sync", "retail_sync_all_screens", login="operator")
        self.platform.put("Firm", "F1", name="Rossi Srl", phone="no number")
        self.platform.put("Firm", "F2", name="")
        self.first_load(self.make_connection())
        self.start_tour("/odoo/retail-sync", "retail_sync_all_screens", login="operator")

    def test_owner_of_a_field_shows_on_the_form(self):
        """A manager gives the website to the platform; a customer's form then keeps it from being edited."""
        self.make_user("keeper", "group_manager", lang="en_US").group_ids += self.env.ref("base.group_partner_manager")
        self.platform.put("Firm", "F1", name="Rossi Srl", website="https://rossi.example")
        self.first_load(self.make_connection())
        partner = self.partner("F1")
        self.assertNotIn(",website,", partner.sync_locked or "")
        self.start_tour("/odoo/retail-sync-ownership", "retail_sync_ownership", login="keeper")
        self.env.invalidate_all()
        self.assertIn(",website,", partner.sync_locked)
        self.start_tour(f"/odoo/res.partner/{partner.id}", "retail_sync_padlock", login="keeper")
