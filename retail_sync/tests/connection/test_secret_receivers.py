from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..authority import make_authority
from ..common import FakePlatformCase

SECRET = "a-secret-that-must-not-show"
OPTION = "odoo.addons.retail_sync.models.connection.credentials.option"


@tagged("post_install", "-at_install")
class TestSecretReceivers(FakePlatformCase):
    """A secret goes where it was entered for, and nowhere else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("marta", "group_manager")
        cls.as_manager = cls.connection.with_user(cls.manager)

    def test_a_new_receiver_removes_the_secret(self):
        """Seen: a manager wrote the address of a host of his own, tested, and that host got the secret in clear."""
        for values in (
            {"base_url": "https://other.example.com"},
            {"base_url": "https://platform.example.com:8443"},
            {"base_url": False},
            {"code": "renamed"},
            {"ca_bundle": make_authority()},
        ):
            with self.subTest(values=values), self.cr.savepoint() as savepoint:
                self.as_manager.write(values)
                self.assertFalse(self.connection.credential_secrets)
                self.assertFalse(self.connection.has_secret)
                self.assertIn("secrets were removed", str(self.connection.message_ids.mapped("body")))
                savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.assertEqual(self.connection.client_secret, SECRET)

    def test_the_same_receiver_keeps_it(self):
        self.as_manager.write(
            {"base_url": " https://PLATFORM.example.com:443/ ", "name": "Renamed", "code": "FAKE_shop"}
        )
        self.assertEqual(self.connection.client_secret, SECRET)

    def test_a_secret_that_comes_with_the_new_address_is_kept(self):
        self.as_manager.write({"new_client_secret": "fresh", "base_url": "https://other.example.com"})
        self.assertEqual(self.connection.client_secret, "fresh")

    def test_the_wizard_keeps_a_secret_that_comes_with_the_new_address(self):
        """The wizard writes its connection field by field: whatever the order, the secret comes last."""
        wizard = self.env["retail.sync.setup"].with_user(self.manager).create({"connection_id": self.connection.id})
        wizard.write({"new_client_secret": "fresh", "base_url": "https://other.example.com"})
        self.assertEqual(self.connection.client_secret, "fresh")
        wizard.write({"base_url": "https://third.example.com"})
        self.assertFalse(self.connection.client_secret)

    def test_the_form_says_so_before_it_is_saved(self):
        warned = []
        onchange = type(self.env["retail.sync.connection"]).onchange

        def collect(records, *args, **kwargs):
            result = onchange(records, *args, **kwargs)
            warned.append(result.get("warning"))
            return result

        with (
            patch.object(type(self.env["retail.sync.connection"]), "onchange", collect),
            mute_logger("odoo.tests.form"),
        ):
            with Form(self.as_manager) as form:
                form.name = "Renamed"
                self.assertFalse(any(warned))
                form.base_url = "https://other.example.com"
                self.assertIn("removed", warned[-1]["title"])

    def test_a_copy_has_no_secret(self):
        copied = self.as_manager.copy()
        self.assertFalse(copied.sudo().credential_secrets)
        self.assertNotEqual(copied.code, self.connection.code)

    def test_keys_that_differ_in_case_are_one_key(self):
        """The server configuration knows no case: two such connections would share its secrets."""
        self.assertEqual(self.make_connection(code=" Upper_Case ").code, "upper_case")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.make_connection(code="UPPER_case")

    # -- who reads and writes

    def test_no_user_reads_or_writes_a_stored_secret(self):
        """Seen: a settings administrator read each secret in clear over RPC."""
        names = ("credential_secrets", "client_secret", "event_token", "event_token_previous", "event_key")
        administrator = self.make_user("root2", "group_manager", "base.group_system")
        for user in (self.manager, administrator):
            connection = self.connection.with_user(user)
            for name in names:
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        connection.read([name])
                    with self.assertRaises(AccessError):
                        connection.write({name: {"client_secret": "x"} if name == "credential_secrets" else "x"})
                    with self.assertRaises(AccessError):
                        connection.search([(name, "!=", False)])
                    with self.assertRaises(AccessError):
                        connection.create({"name": "N", "system": "fake", name: "x"})
            self.assertTrue(connection.has_secret)

    def test_what_happens_to_secrets_is_in_the_audit(self):
        self.as_manager.write({"new_client_secret": "fresh"})
        self.as_manager.write({"base_url": "https://other.example.com"})
        self.as_manager.action_renew_event_key()
        self.env.cr.execute(
            "SELECT details FROM retail_sync_audit WHERE kind = 'credential' AND user_id = %s ORDER BY id",
            [self.manager.id],
        )
        details = [row for (row,) in self.env.cr.fetchall()]
        self.assertEqual(
            [found["fields"] for found in details],
            [["client_secret"], ["base_url", "client_secret"], ["event_key"]],
            "entered; removed with the URL; renewed",
        )
        self.assertNotIn("fresh", str(details))

    # -- the server configuration

    def configure(self, **options):
        found = {f"{self.connection.code}_{name}": value for name, value in options.items()}
        self.enterContext(patch(OPTION, found.get))

    def test_a_configured_secret_needs_the_address_that_it_is_for(self):
        self.connection.credential_secrets = False
        self.configure(client_secret="configured")
        with self.assertRaisesRegex(UserError, "fake_shop_base_url"):
            self.connection._secret("client_secret")
        self.assertFalse(self.connection.has_secret)

    def test_a_configured_secret_stays_with_its_address(self):
        """Seen: with the secret only in odoo.conf, a manager's own host got it as well."""
        self.configure(client_secret="configured", base_url="https://platform.example.com")
        self.assertEqual(self.connection._secret("client_secret"), "configured")
        self.assertEqual(self.connection.secret_source, "server configuration")
        self.as_manager.write({"base_url": "https://other.example.com"})
        with self.assertRaises(UserError):
            self.connection._secret("client_secret")
        self.assertFalse(self.connection.has_secret)

    def test_a_configured_secret_needs_an_authority_that_is_configured(self):
        self.configure(client_secret="configured", base_url="https://platform.example.com")
        self.as_manager.write({"ca_bundle": make_authority()})
        with self.assertRaisesRegex(UserError, "fake_shop_ca_file"):
            self.connection._secret("client_secret")

    def test_another_connection_cannot_borrow_a_configured_secret(self):
        self.configure(client_secret="configured", base_url="https://platform.example.com")
        other = self.make_connection(name="Other", code="other", credential_secrets=False)
        self.assertFalse(other._credential("client_secret"))
        self.as_manager.write({"code": "renamed"})
        self.assertFalse(self.connection._credential("client_secret"))

    # -- hosts

    def test_the_wizard_refuses_a_host_of_another_kind(self):
        self.connection.base_url = "https://evil.example.org"
        self.connection.credential_secrets = {"client_secret": "x"}
        wizard = self.env["retail.sync.setup"].with_user(self.manager).create({"connection_id": self.connection.id})
        with self.assertRaisesRegex(UserError, "allowed_hosts"):
            wizard.action_test()
        self.assertFalse(self.platform.calls)

    def test_the_server_configuration_adds_hosts(self):
        rules = self.connection._host_rules()
        self.assertTrue(rules.allows("platform.example.com"))
        self.assertFalse(rules.allows("proxy.example.org"))
        configured = {"allowed_hosts": ("proxy.example.org",), "private_hosts": ("inner.example.org",)}
        with patch("odoo.addons.retail_sync.models.connection.sign_in.options", configured.get):
            rules = self.connection._host_rules()
        self.assertTrue(rules.reaches("proxy.example.org", "8.8.8.8"))
        self.assertFalse(rules.reaches("proxy.example.org", "10.0.0.1"))
        self.assertTrue(rules.reaches("inner.example.org", "10.0.0.1"))

    # -- certificates

    def test_certificates_are_text_that_can_be_read(self):
        for text in ("/etc/ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.as_manager.write({"ca_bundle": text})
        self.as_manager.write({"ca_bundle": make_authority("Acme inner authority")})
        self.assertIn("Acme inner authority, valid until", self.as_manager.ca_summary)
