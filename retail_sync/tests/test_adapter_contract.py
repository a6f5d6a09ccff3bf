import base64
import hmac
from unittest.mock import Mock

from odoo.tests import TransactionCase, tagged

from ..adapter import (
    AdapterContractError,
    Capabilities,
    CredentialField,
    CredentialKind,
    EventRefused,
    EventRequest,
    FaultError,
    Notice,
    hmac_matches,
    is_recent,
)
from ..adapter.declarations import ALWAYS, REQUIRED
from ..adapter.events import receive
from .common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestContract(FakePlatformCase):
    """What an adapter has to answer, and what the engine leaves alone."""

    def base(self):
        return self.env["retail.sync.adapter"]

    def test_the_contract_itself_answers_nothing_that_is_required(self):
        for method in REQUIRED[ALWAYS]:
            with self.assertRaises(AdapterContractError) as caught:
                arguments = getattr(type(self.base()), method).__code__.co_argcount - 1
                getattr(self.base(), method)(*[None] * arguments)
            self.assertEqual((caught.exception.method, caught.exception.adapter), (method, "retail.sync.adapter"))

    def test_gaps_are_named(self):
        self.assertEqual(set(self.base().contract_gaps()), set(REQUIRED[ALWAYS]))

    def test_a_filter_without_the_ability_is_refused(self):
        self.able(Capabilities())
        stream = self.connection.stream_ids[:1]
        with self.assertRaisesRegex(Exception, "no scope filters"):
            self.env["retail.sync.adapter"].check_filter.__func__(self.connection._adapter(), stream, "a = 1")

    def able(self, capabilities):
        self.patch(type(self.connection._adapter()), "capabilities", lambda self: capabilities)

    def test_nothing_is_sent_to_a_platform_that_takes_nothing(self):
        streams = self.connection.stream_ids
        streams.write({"direction": "both"})
        streams.map_ids.write({"direction": "both"})
        self.assertTrue(self.env["retail.sync.stream"]._sending() & streams)
        self.able(Capabilities())
        self.assertFalse(self.env["retail.sync.stream"]._sending() & streams)

    def test_deletions_need_the_ability(self):
        self.able(Capabilities(write=True))
        with self.assertRaisesRegex(Exception, "cannot delete"):
            self.connection.stream_ids[:1].unlink_policy = "delete"

    def test_the_server_configuration_replaces_a_secret(self):
        self.connection.credential_secrets = False
        self.assertFalse(self.connection.has_secret)
        self.assertEqual([field.name for field in self.connection._missing_credentials()], ["client_secret"])
        found = {"client_secret": "configured", "base_url": "https://platform.example.com/"}
        self.patch(type(self.connection), "_configured", lambda self, name: found.get(name))
        self.env.invalidate_all()
        self.assertTrue(self.connection.has_secret)
        self.assertEqual(self.connection._secret("client_secret"), "configured")


@tagged("post_install", "-at_install")
class TestDeclarations(TransactionCase):
    """What adapters declare, and the help they get with signatures."""

    def test_contradictory_credentials_are_refused(self):
        for values in (
            {"kind": CredentialKind.choice},
            {"choices": (("a", "A"),)},
            {"kind": CredentialKind.password},
            {"label": ""},
        ):
            with self.assertRaises(ValueError):
                CredentialField(**{"name": "key", "label": "Key", **values})

    def test_a_fault_while_a_webhook_is_verified_is_not_blamed_on_its_body(self):
        """Answered with an error of ours, it is sent again; refused as no event, it is lost."""
        fault = FaultError("transient", "NO_KEYS", "The keys cannot be read.")
        notice = Notice("1", "Account", "no id")
        with self.assertRaises(FaultError):
            receive(Mock(side_effect=fault), str, EventRequest("event", b"{}"))
        with self.assertRaises(EventRefused) as caught:
            receive(Mock(return_value=[notice]), Mock(side_effect=fault), EventRequest("event", b"{}"))
        self.assertEqual(caught.exception.status, 400)

    def test_signatures(self):
        digest = hmac.new(b"key", b"body", "sha256").digest()
        for encoding, text in (("hex", digest.hex()), ("base64", base64.b64encode(digest).decode())):
            self.assertTrue(hmac_matches(["old", "key"], b"body", text, encoding=encoding))
            self.assertFalse(hmac_matches(["old"], b"body", text, encoding=encoding))
            self.assertFalse(hmac_matches(["key"], b"other", text, encoding=encoding))
        empty = hmac.new(b"\0", b"body", "sha256").hexdigest()
        for signature in (None, "", "no hex", "é", "0" * 2000, empty):
            self.assertFalse(hmac_matches(["", "key"], b"body", signature))

    def test_age(self):
        self.assertTrue(is_recent("1000", 1300))
        for at in ("999", 1601, None, "", "nan", "soon"):
            self.assertFalse(is_recent(at, 1300), at)
