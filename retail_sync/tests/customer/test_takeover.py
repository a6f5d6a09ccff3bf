from itertools import product
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.links import deferred_references
from ...models.mapping.write_guard import ProtectedRecordError
from ...models.merge import from_platform
from ...models.review import bulk_answer
from ...runtime import environment
from ..fake_platform import FIRM, PERSON
from ..takeover_case import CODE, KINDS, STRANGE, VAT, TakeoverCase, each_kind


@tagged("post_install", "-at_install")
class TestTakeover(TakeoverCase):
    """No way leads from the platform to a partner of an internal user or of a company of Odoo: way by way, all kinds.

    Whoever may change the e-mail address of such a partner gets its password; a company's values are on each invoice.
    """

    def assertAsked(self, external_id, state="review"):
        message = self.message(external_id)
        self.assertEqual((message.state, message.fault_code), (state, CODE))
        self.assertIn("internal user", message.fault_message)
        return message

    def alike(self, partner):
        """Return what the platform says of a record that is like a partner."""
        return {
            "name": partner.name,
            "email": partner.email,
            "phone": partner.phone,
            "street": "Via Roma 1",
            "city": "Torino",
            **({"vat": VAT} if partner.is_company else {}),
        }

    # -- no way leads past the partner itself

    @each_kind()
    def test_the_partner_refuses_each_write_of_inbound_work(self, _kind, partner, _remote_object):
        inbound = environment.of_connection(self.env, self.connection)
        partner, other = partner.with_env(inbound), self.customer(name="Other").with_env(inbound)
        ways = {
            "written": lambda: partner.write({"email": "evil@elsewhere.example"}),
            "assigned": lambda: partner.update({"phone": "1"}),
            "moved": lambda: partner.write({"parent_id": other.id}),
            "archived": partner.action_archive,
            "deleted": partner.unlink,
            "a parent": lambda: other.write({"parent_id": partner.id}),
            "a parent of a new one": lambda: partner.create({"name": "New", "parent_id": partner.id}),
        }
        for way, act in ways.items():
            with self.alone(way=way), self.assertRaises(ProtectedRecordError):
                act()
        partner.sudo(False).with_user(self.env.user).with_context(retail_sync_inbound=None).write({"phone": "2"})
        self.assertEqual(partner.phone, "2")

    # -- nothing is linked

    @each_kind()
    def test_not_by_an_id_that_the_record_carries(self, kind, partner, remote_object):
        self.put(kind, "X1", **STRANGE, odoo_id=f"db:res.partner:{partner.id}")
        with self.untouched(partner):
            self.assertEqual(self.take(remote_object), {"review": 1})
        message = self.assertAsked("X1")
        self.assertNotIn(partner.email, str(message.candidates))

    @each_kind()
    def test_not_by_evidence(self, kind, partner, remote_object):
        if kind.startswith("address"):
            return  # an address is no candidate
        self.put(kind, "X1", **self.alike(partner))
        with self.untouched(partner):
            self.assertEqual(self.take(remote_object), {"review": 1})
        message = self.assertAsked("X1")
        self.assertEqual({name for found in message.candidates for name in found}, {"id", "reasons"})

    @each_kind()
    def test_not_by_a_stream_that_only_odoo_writes(self, kind, partner, remote_object):
        self.stream(remote_object).direction = "out"
        self.put(kind, "X1", **STRANGE, odoo_id=f"db:res.partner:{partner.id}")
        with self.untouched(partner):
            self.take(remote_object)

    @each_kind()
    def test_not_by_a_person(self, kind, partner, remote_object):
        steward = self.make_user("steward", "group_steward", "base.group_partner_manager")
        self.put(kind, "X1", **self.alike(partner), odoo_id=f"db:res.partner:{partner.id}")
        self.take(remote_object)
        message = self.message("X1").with_user(steward)
        with self.untouched(partner):
            with self.assertRaisesRegex(UserError, "internal user"):
                message.action_link(partner.id)
            wizard = message.env["retail.sync.review.decide"].create({"message_id": message.id})
            wizard.partner_id = partner
            self.assertFalse(wizard.can_link)
            with self.assertRaisesRegex(UserError, "internal user"):
                wizard.action_link()
            for answer in ("link", "second"):
                seen = bulk_answer.as_seen(message)
                done, skipped = bulk_answer.answer_all(message.env, answer, message, seen)
                self.assertEqual((len(done), skipped), (0, {"no_customer_access": 1}))
        # What is left is a customer of its own.
        message.action_create_new()
        with self.untouched(partner, watched=False):
            self.run_jobs()
        self.assertTrue(self.partner("X1"))
        self.assertNotEqual(self.partner("X1"), partner)

    @each_kind()
    def test_not_by_a_link_that_is_written(self, _kind, partner, remote_object):
        other = self.link_to("X2", self.customer(name="Other"), remote_object)
        for primary in (True, False):
            with self.assertRaises(UserError):
                self.link_to("X1", partner, remote_object, is_primary=primary)
        with self.assertRaises(UserError):
            other.res_id = partner.id

    def test_a_record_of_no_colleague_is_linked_when_it_is_as_much_alike(self):
        """A colleague who buys has a customer record beside the own partner."""
        colleague = self.customer()
        self.protect("colleague", colleague)
        customer = self.customer()
        self.person("X1", **self.alike(customer))
        with self.untouched(colleague):
            self.assertEqual(self.take(PERSON), {"linked": 1})
        self.assertEqual(self.partner("X1"), customer)

    # -- nothing is written through a link from before

    @each_kind(linked=True)
    def test_not_by_a_change(self, kind, partner, remote_object):
        self.put(kind, "X1", **STRANGE, street="Via Nuova 2", odoo_id=f"db:res.partner:{partner.id}")
        with self.untouched(partner):
            self.assertEqual(self.take(remote_object), {"failed": 1})
        self.assertAsked("X1", "open")
        self.assertEqual(self.link("X1").state, "attention")

    @each_kind(linked=True)
    def test_not_by_a_refresh_nor_by_the_values_that_a_person_chooses(self, kind, partner, remote_object):
        self.put(kind, "X1", **STRANGE)
        self.take(remote_object)
        self.message("X1").write({"conflicts": [{"part": "main", "field": "email", "odoo": "a", "remote": "b"}]})
        with self.untouched(partner, watched=False):
            self.message("X1").action_take_remote()
            self.run_jobs()
            self.take(remote_object, rows=self.platform.since(remote_object, 0), force=True)
        self.assertAsked("X1", "open")

    @each_kind(linked=True)
    def test_not_by_a_deletion(self, kind, partner, remote_object):
        self.put(kind, "X1", **STRANGE)
        self.stream(remote_object).delete_policy = "archive"
        with self.untouched(partner):
            self.report_deletions(remote_object, "X1")
        self.assertEqual(self.link("X1").state, "deleted")
        self.assertAsked("X1", "open")

    @each_kind(linked=True)
    def test_not_by_a_merge_on_the_platform(self, _kind, partner, remote_object):
        other = self.customer(partner.is_company, name="Other", email="other@elsewhere.example")
        below = self.customer(name="Below", parent_id=other.id)
        self.link_to("X2", other, remote_object)
        for handling, winner in product(("secondary", "ask", "merge"), ("X1", "X2")):
            self.connection.remote_merge_handling = handling
            with self.alone(handling=handling, winner=winner), self.untouched(partner, other, below):
                self.report_deletions(remote_object, **{"X2" if winner == "X1" else "X1": winner})
            self.assertTrue(other.exists() and partner.exists())

    @each_kind(linked=True)
    def test_not_by_a_person_who_follows_a_merge(self, _kind, partner, remote_object):
        self.connection.remote_merge_handling = "ask"
        other = self.customer(partner.is_company, name="Other", email="other@elsewhere.example")
        self.link_to("X2", other, remote_object)
        self.report_deletions(remote_object, X2="X1")
        message = self.env["retail.sync.message"].search([("kind", "=", "merge")], limit=1)
        self.assertIn("internal user", message.fault_message)
        with self.untouched(partner, other), self.assertRaisesRegex(UserError, "internal user"):
            from_platform.merge_here(self.env, message)
        with self.untouched(partner, watched=False):
            from_platform.mark_non_match(self.env, message)

    @each_kind(linked=True)
    def test_not_by_the_unknown_winner_of_a_merge(self, _kind, partner, remote_object):
        with self.untouched(partner):
            self.report_deletions(remote_object, X1="X9")
        self.assertFalse(self.link("X9"))
        self.assertAsked("X1", "open")

    def test_a_merge_moves_no_colleague_below_the_customer_that_goes(self):
        self.connection.remote_merge_handling = "merge"
        old, kept = self.customer(True, name="Old"), self.customer(True, name="Kept", vat=False)
        for external_id, partner in (("X1", old), ("X2", kept)):
            self.link_to(external_id, partner, FIRM)
        colleague = self.customer(parent_id=old.id)
        self.protect("colleague", colleague)
        for handling in ("merge", "ask", "secondary"):
            self.connection.remote_merge_handling = handling
            before = self.picture(colleague)
            with self.alone(handling=handling), self.watch() as unguarded:
                self.report_deletions(FIRM, X1="X2")
                self.assertEqual((self.picture(colleague), unguarded), (before, []))

    @each_kind(linked=True)
    def test_not_by_another_id_of_a_record(self, _kind, partner, remote_object):
        other = self.customer(partner.is_company, name="Other", email="other@elsewhere.example")
        winner = self.link_to("X2", other, remote_object)
        with self.untouched(partner, other):
            self.follow_second_id(remote_object, winner, "X1")

    def follow_second_id(self, remote_object, winner, second_id):
        """Let the platform say that an id names the record of another one now."""
        self.platform.put(remote_object, winner.external_id, name="Other")
        finish = type(self.env["retail.sync.adapter.fake"])._finish_decode

        def named_too(adapter, stream, incoming, row, options):
            finish(adapter, stream, incoming, row, options)
            incoming.secondary_ids.append((remote_object, second_id))

        with patch.object(type(self.env["retail.sync.adapter.fake"]), "_finish_decode", named_too):
            self.take(remote_object)

    # -- nothing goes below, and nothing comes from there

    @each_kind(linked=True)
    def test_not_as_a_parent(self, kind, partner, remote_object):
        if remote_object != FIRM:
            return
        with self.alone(kind=kind, child="new"), self.untouched(partner):
            self.person("P2", name="New Person", firm="X1", street="Elsewhere 9", city="Kiel")
            self.take(PERSON)
            self.assertFalse(self.partner("P2").parent_id)
        with self.alone(kind=kind, child="known"):
            self.person("P2", name="Known Person", street="Elsewhere 9", city="Kiel")
            self.take(PERSON)
            self.person("P2", name="Known Person", firm="X1", street="Elsewhere 9", city="Kiel")
            with self.untouched(partner):
                self.take(PERSON)
            self.assertFalse(self.partner("P2").parent_id)

    def test_not_as_a_parent_that_comes_later(self):
        for kind in (kind for kind, is_company in KINDS.items() if is_company):
            with self.alone(kind=kind):
                self.person("P2", name="Early Person", firm="X1", street="Elsewhere 9", city="Kiel")
                self.take(PERSON)
                partner = self.customer(True)
                self.link_to("X1", partner, FIRM)
                self.protect(kind, partner)
                with self.untouched(partner):
                    deferred_references.link(self.env, self.connection)
                self.assertFalse(self.partner("P2").parent_id)
                self.assertIn("internal user", self.link("P2").warning_text)

    @each_kind(linked=True)
    def test_not_as_a_child_that_moves(self, _kind, partner, remote_object):
        if remote_object != PERSON:
            return
        self.firm("F1", name="Customer Srl")
        self.take(FIRM)
        self.person("X1", name=partner.name, email=partner.email, firm="F1")
        with self.untouched(partner):
            self.take(PERSON)

    def test_not_as_a_child_whose_parent_comes_later(self):
        partner = self.customer()
        self.link_to("X1", partner, PERSON)
        self.person("X1", name=partner.name, firm="F1")
        self.take(PERSON)
        self.protect("colleague", partner)
        self.firm("F1", name="Customer Srl")
        with self.untouched(partner):
            self.take(FIRM)
            deferred_references.link(self.env, self.connection)

    def test_a_customer_passes_neither_address_nor_tax_id_on_to_a_colleague(self):
        firm = self.customer(True)
        self.link_to("F1", firm, FIRM)
        for type_ in ("contact", "other", "invoice"):
            with self.alone(type=type_):
                colleague = self.customer(parent_id=firm.id, type=type_, name="Hired Person")
                self.protect("colleague", colleague)
                values = {"vat": "IT12345670017", "street": "Via Nuova 2", "city": "Milano", "zip": "20100"}
                self.later_than_odoo()
                self.firm("F1", name="Renamed Srl", **values)
                with self.untouched(colleague, watched=True):
                    pass
                before = self.picture(colleague)
                with self.watch() as unguarded:
                    self.assertEqual(self.take(FIRM), {"updated": 1})
                self.assertEqual(self.picture(colleague), before)
                self.assertEqual(unguarded, [])
                self.assertEqual((firm.name, firm.city), ("Renamed Srl", "Milano"))

    def test_not_as_an_address_of_a_customer(self):
        firm = self.customer(True)
        self.link_to("F1", firm, FIRM)
        colleague = self.customer(parent_id=firm.id, type="invoice", name="Hired Person")
        with self.alone(linked=True):
            self.link_to("F1", colleague, FIRM, part="invoice")
            self.protect("colleague", colleague)
            self.later_than_odoo()
            self.firm("F1", name="Renamed Srl", bill_street="Via Nuova 2", bill_city="Milano")
            before = self.picture(colleague)
            self.assertEqual(self.take(FIRM), {"failed": 1})
            self.assertEqual(self.picture(colleague), before)
            self.assertAsked("F1", "open")
        with self.alone(linked=False):
            self.protect("colleague", colleague)
            self.later_than_odoo()
            self.firm("F1", name="Renamed Srl", bill_street="Via Nuova 2", bill_city="Milano")
            before = self.picture(colleague)
            self.assertEqual(self.take(FIRM), {"updated": 1})
            self.assertEqual(self.picture(colleague), before)
            self.assertNotEqual(self.link("F1", "invoice").res_id, colleague.id)
        with self.alone(chosen=True):
            self.protect("colleague", colleague)
            with self.untouched(colleague), self.assertRaisesRegex(UserError, "internal user"):
                colleague.action_sync_use_address()
