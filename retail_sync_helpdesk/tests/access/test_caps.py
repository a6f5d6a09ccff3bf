from decimal import Decimal

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ...models.access import callers, caps
from .key_case import KeyMixin


@tagged("post_install", "-at_install")
class TestCaps(KeyMixin, TransactionCase):
    """What a machine may give away on its own."""

    def caller(self, *found, **values):
        rows = [Command.create({"name": "hour", "hours": 1, **cap}) for cap in found]
        return callers.caller_of_key(self.env, self.make_key(kind="machine", cap_ids=rows, **values))

    def spend(self, caller, amount, action="refund_full", company=None):
        refused = caps.spend(self.env, caller, action, Decimal(amount), company or self.env.company)
        return [found.code for found in refused]

    def test_a_person_has_no_caps(self):
        caller = callers.caller_of_key(self.env, self.make_key())

        self.assertEqual(self.spend(caller, "100000"), [])

    def test_a_machine_stops_at_its_amount(self):
        caller = self.caller({"amount": 100})

        self.assertEqual(self.spend(caller, "60"), [])
        self.assertEqual(self.spend(caller, "60"), ["machine_cap_amount"])
        self.assertEqual(self.spend(caller, "40"), [])

    def test_a_machine_stops_at_its_number_of_actions(self):
        caller = self.caller({"count": 1})

        self.assertEqual(self.spend(caller, "1"), [])
        self.assertEqual(self.spend(caller, "0"), ["machine_cap_count"])

    def test_one_large_action_is_refused(self):
        self.assertEqual(self.spend(self.caller({"single": 50}), "50.01"), ["machine_cap_single"])

    def test_a_cap_counts_its_actions_alone(self):
        scope = self.env.ref("retail_sync_helpdesk.scope_return")
        caller = self.caller({"count": 1, "scope_ids": [Command.link(scope.id)]})

        self.assertEqual(self.spend(caller, "0", "refund_full"), [])
        self.assertEqual(self.spend(caller, "1", "refund_full"), ["machine_cap_count"], "no cap counts what it gives")
        self.assertEqual(self.spend(caller, "1", "return"), [])
        self.assertEqual(self.spend(caller, "1", "return"), ["machine_cap_count"])

    def test_amounts_of_another_currency_are_converted(self):
        dollars = self.env.ref("base.USD")
        euros = self.env.ref("base.EUR")
        (dollars | euros).active = True
        other = euros if self.env.company.currency_id == dollars else dollars
        self.env["res.currency.rate"].create(
            {"currency_id": other.id, "rate": 2, "name": "2020-01-01", "company_id": self.env.company.id}
        )
        caller = self.caller({"amount": 100}, currency_id=other.id)

        self.assertEqual(self.spend(caller, "50.01"), ["machine_cap_amount"])
        self.assertEqual(self.spend(caller, "50"), [])

    def test_a_machine_gets_caps_when_it_is_given_none(self):
        key = self.make_key(kind="machine")

        self.assertEqual(sorted(key.cap_ids.mapped("hours")), [1, 24])

    def test_a_machine_without_caps_does_nothing(self):
        caller = self.caller({"count": 5})
        self.env["retail.sync.api.key"].browse(caller.key_id).cap_ids.unlink()

        self.assertEqual(self.spend(caller, "1"), ["machine_cap_count"])
