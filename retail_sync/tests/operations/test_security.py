from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from ...hooks import uninstall_hook
from ..common import FakePlatformCase

SCREEN_MODELS = (
    "retail.sync.connection",
    "retail.sync.stream",
    "retail.sync.field.map",
    "retail.sync.ownership.rule",
    "retail.sync.link",
    "retail.sync.message",
    "retail.sync.run",
    "retail.sync.fault.rule",
)
INNER_MODELS = (
    "retail.sync.page",
    "retail.sync.call.guard",
    "retail.sync.dry.run.record",
    "retail.sync.dry.run.key",
)
# Who may change what, besides reading; everything else is refused.
WRITERS = {
    "operator": {},
    "steward": {"retail.sync.fault.rule": "write create"},
    "manager": {
        "retail.sync.connection": "write create unlink",
        "retail.sync.stream": "write create unlink",
        "retail.sync.field.map": "write create unlink",
        "retail.sync.ownership.rule": "write create unlink",
        "retail.sync.link": "unlink",
        "retail.sync.fault.rule": "write create unlink",
    },
    "auditor": {},
}


@tagged("post_install", "-at_install")
class TestSecurity(FakePlatformCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {name: cls.make_user(name, f"group_{name}") for name in WRITERS}
        cls.users["guest"] = cls.make_user("guest")

    def setUp(self):
        super().setUp()
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example")
        self.platform.put("Firm", "F2", name="", email="lost@rossi.example")
        self.first_load()

    def as_user(self, name, record):
        return record.with_user(self.users[name])

    def test_who_may_do_what(self):
        for name, rights in WRITERS.items():
            for model in SCREEN_MODELS:
                records = self.as_user(name, self.env[model])
                self.assertTrue(records.has_access("read"), f"{name} reads {model}")
                allowed = rights.get(model, "").split()
                for operation in ("write", "create", "unlink"):
                    self.assertEqual(records.has_access(operation), operation in allowed, f"{name} {operation} {model}")

    def test_inner_tables_are_closed_to_every_user(self):
        for name in (*WRITERS, "guest"):
            for model in INNER_MODELS:
                self.assertFalse(self.as_user(name, self.env[model]).has_access("read"), f"{name} reads {model}")

    def test_plain_users_see_the_badge_and_nothing_else(self):
        for model in SCREEN_MODELS:
            self.assertFalse(self.as_user("guest", self.env[model]).has_access("read"), model)
        partner = self.as_user("guest", self.partner("F1"))
        self.assertEqual(partner.sync_state, "in_sync")
        self.assertIn(partner, self.as_user("guest", self.env["res.partner"]).search([("sync_state", "=", "in_sync")]))
        with self.assertRaises(AccessError):
            partner.read(["sync_link_ids"])

    def test_secrets_are_readable_on_no_screen(self):
        for name in WRITERS:
            connection = self.as_user(name, self.connection)
            for field in ("client_secret", "private_key"):
                with self.assertRaises(AccessError):
                    connection.read([field])
            self.assertTrue(connection.has_secret)
        for name in ("operator", "steward", "auditor"):
            with self.assertRaises(AccessError):
                self.as_user(name, self.connection).read(["client_id"])
            with self.assertRaises(AccessError):
                self.as_user(name, self.connection).write({"new_client_secret": "mine"})
        manager = self.as_user("manager", self.connection)
        manager.write({"new_client_secret": "fresh"})
        self.assertEqual(self.connection.client_secret, "fresh")
        self.assertFalse(manager.read(["new_client_secret"])[0]["new_client_secret"])
        self.assertNotIn("fresh", str(self.connection.message_ids.mapped("body")))
        manager.write({"new_client_secret": "  "})
        self.assertEqual(self.connection.client_secret, "fresh", "blanks are no secret")

    def test_payloads_are_masked(self):
        message = self.message("F2")
        for name in WRITERS:
            with self.assertRaises(AccessError):
                self.as_user(name, message).read(["payload"])
            self.assertNotIn("lost@rossi.example", self.as_user(name, message).masked_payload)

    def test_operator_works_on_exceptions(self):
        message = self.as_user("operator", self.message("F2"))
        message.action_assign_to_me()
        self.assertEqual(message.user_id, self.users["operator"])
        self.platform.put("Firm", "F2", name="Now named")
        message.action_retry()
        self.run_jobs()
        self.assertEqual(message.state, "done")
        self.assertEqual(self.partner("F2").name, "Now named")

    def test_operator_starts_no_loads(self):
        connection = self.as_user("operator", self.connection)
        for method in ("start_first_load", "start_dry_run", "start_poll", "action_test_connection", "action_pause"):
            with self.assertRaises(AccessError):
                getattr(connection, method)()
        with self.assertRaises(AccessError):
            connection.action_open_breaker()
        with self.assertRaises(AccessError):
            self.env["retail.sync.setup"].with_user(self.users["operator"]).create(
                {"connection_id": self.connection.id}
            )

    def test_auditor_changes_nothing(self):
        message = self.as_user("auditor", self.message("F2"))
        for method in ("action_retry", "action_ignore", "action_create_new", "action_assign_to_me"):
            with self.assertRaises(AccessError):
                getattr(message, method)()
        self.assertEqual(self.message("F2").state, "open")
        self.assertTrue(self.as_user("auditor", self.env["retail.sync.connection"]).get_overview()["connections"])
        partner = self.as_user("auditor", self.partner("F1"))
        self.assertEqual(len(partner.sync_link_ids), 1)

    def test_other_companies_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other company"})
        connection = self.make_connection(name="Other shop", company_id=other.id)
        self.first_load(connection)
        self.assertTrue(self.env["retail.sync.link"].search([("connection_id", "=", connection.id)]))
        self.assertTrue(self.env["retail.sync.message"].search([("connection_id", "=", connection.id)]))
        for name in WRITERS:
            for model in ("stream", "field.map", "link", "message", "run"):
                found = self.as_user(name, self.env[f"retail.sync.{model}"]).search(
                    [("connection_id", "=", connection.id)]
                )
                self.assertFalse(found, f"{name} sees {model} of another company")
            self.assertNotIn(connection, self.as_user(name, self.env["retail.sync.connection"]).search([]))
        overview = self.as_user("manager", self.env["retail.sync.connection"]).get_overview()
        self.assertNotIn(connection.id, [card["id"] for card in overview["connections"]])

    def test_user_must_be_at_home_in_the_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        with self.assertRaisesRegex(ValidationError, "allowed companies"):
            self.make_connection(name="Other shop", company_id=other.id, user_id=self.users["manager"].id)

    def test_sync_records_hide_with_their_customer(self):
        self.platform.put("Firm", "F3", name="Secret Spa")
        self.poll()
        secret = self.partner("F3")
        message = self.message("F2").copy({"external_id": "F3", "res_model": "res.partner", "res_id": secret.id})
        self.env["ir.rule"].create(
            {
                "name": "No secret customers",
                "model_id": self.env.ref("base.model_res_partner").id,
                "groups": [(6, 0, self.env.ref("retail_sync.group_operator").ids)],
                "domain_force": "[('name', 'not ilike', 'secret')]",
            }
        )
        links = self.as_user("operator", self.env["retail.sync.link"])
        messages = self.as_user("operator", self.env["retail.sync.message"])
        link = self.link("F3")
        self.assertFalse(links.search([("external_id", "=", "F3")]))
        self.assertTrue(links.search([("external_id", "=", "F1")]))
        self.assertFalse(messages.search([("external_id", "=", "F3")]))
        self.assertTrue(messages.search([("external_id", "=", "F2")]), "a message about no customer stays in sight")
        self.assertFalse(links._read_group([("external_id", "=", "F3")], ["state"], ["__count"]))
        for hidden in (links.browse(link.id), messages.browse(message.id)):
            with self.assertRaises(AccessError):
                hidden.read(["display_name"])
        self.assertTrue(self.as_user("auditor", link).read(["display_name"]))
        secret.unlink()
        self.assertTrue(links.search([("external_id", "=", "F3")]), "a remote deletion hides nothing")

    def test_integration_user(self):
        user = self.env.ref("retail_sync.user_integration")
        self.assertTrue(user.active and not user.share)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchone()[0])
        self.assertEqual(self.connection.user_id, user, "connections run as it by default")
        for group in ("retail_sync.group_operator", "base.group_system", "base.group_erp_manager"):
            self.assertFalse(user.has_group(group), group)

    def test_neutralize(self):
        self.env.flush_all()
        self.env["retail.sync.call.guard"].search([("connection_id", "=", self.connection.id)]).access_token = "token"
        self.connection.start_first_load()
        self.env.flush_all()
        with file_open("retail_sync/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.connection.client_secret or self.connection.client_id or self.connection.private_key)
        self.assertFalse(self.connection.call_guard_ids.access_token)
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self.env.ref("retail_sync.cron_poll").active or self.env.ref("retail_sync.cron_sweep").active)
        self.assertEqual(self.run_jobs(), 0, "work that was queued in the original is not done by the copy")

    def test_uninstall_frees_the_integration_user(self):
        self.connection.start_first_load()
        uninstall_hook(self.env)
        self.assertFalse(self.env["retail.sync.connection"].with_context(active_test=False).search([]))
        self.assertFalse(self.env["queue.job"].search([("model_name", "=like", "retail.sync.%")]))
        user = self.env.ref("retail_sync.user_integration")
        user.unlink()
        self.assertFalse(user.exists())
        self.assertTrue(self.env["res.partner"].search([("name", "=", "Rossi Srl")]), "customers stay")
