from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.normalise.features import prepare
from ...domain.identity.normalise.record import read_record
from ...domain.identity.normalise.serialise import unpack
from ...models.identity import index as identity_index
from ...models.identity import value_counts
from ..engine_case import EngineCase
from ..fake_platform import FIRM

VAT = "IT00743110157"


@tagged("post_install", "-at_install")
class TestIdentityIndex(EngineCase):
    """The index of customers is never older than the latest change, however that was made."""

    def found(self, company_id=0, **values):
        """Ids of the partners that share a key with a record."""
        self.env.flush_all()
        features = prepare(read_record("R", {"kind": "company", "country": "IT", **values}))
        hits, _features = identity_index.look_up(self.env, [features], company_id)
        return hits.get(0, [])

    def old(self, name="Rossi Srl", **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def test_new_changed_and_deleted_customers(self):
        partner = self.old(email="info@rossi.example")
        self.assertEqual(self.found(email="info@rossi.example"), partner.ids)
        partner.email = "post@rossi.example"
        self.assertEqual(self.found(email="info@rossi.example"), [])
        self.assertEqual(self.found(email="post@rossi.example"), partner.ids)
        partner.unlink()
        self.assertEqual(self.found(email="post@rossi.example"), [])

    def test_plain_sql_is_seen(self):
        partner = self.old(email="info@rossi.example")
        self.assertEqual(self.found(email="info@rossi.example"), partner.ids)
        self.env.cr.execute("UPDATE res_partner SET vat = %s WHERE id = %s", [VAT, partner.id])
        self.assertEqual(self.found(vat=VAT), partner.ids)

    def test_a_change_that_identity_does_not_look_at_costs_nothing(self):
        partner = self.old(email="info@rossi.example")
        self.found(email="info@rossi.example")
        partner.comment = "Likes coffee"
        partner.flush_recordset()
        self.assertEqual(identity_index._backlog(self.env), 0)

    def test_what_many_carry_finds_no_customer(self):
        for number in range(61):
            self.old(f"Shop {number}", phone="+39 011 1234567")
        self.assertEqual(self.found(phone="+39 011 1234567"), [])

    def test_other_companies_customers_are_not_found(self):
        company, other_company = self.env.company, self.env["res.company"].create({"name": "Other company"})
        partner = self.old(vat=VAT, company_id=other_company.id)
        self.assertEqual(self.found(vat=VAT, company_id=company.id), [])
        self.assertEqual(self.found(vat=VAT, company_id=other_company.id), partner.ids)

    def test_a_company_that_is_renamed_or_moves_takes_its_people_along(self):
        firm = self.old(street="Via Roma 1", city="Torino", zip="10121")
        self.env["res.partner"].create({"name": "Ulrike Albers", "parent_id": firm.id, "email": "ua@rossi.example"})

        def employer():
            [partner_id] = self.found(kind="person", email="ua@rossi.example")
            return unpack(partner_id, identity_index.stored(self.env, [partner_id])[partner_id]).organisation.core

        self.assertEqual(employer(), "rossi")
        firm.name = "Bianchi Srl"
        self.assertEqual(employer(), "bianchi")

    def test_archived_customers_are_found_when_they_come_back(self):
        partner = self.old(vat=VAT)
        partner.active = False
        self.assertEqual(self.found(vat=VAT), [])
        partner.active = True
        self.assertEqual(self.found(vat=VAT), partner.ids)

    def test_addresses_of_a_customer_are_no_customers(self):
        head = self.old(vat=VAT)
        self.env["res.partner"].create(
            {"name": "Rossi Srl", "type": "delivery", "parent_id": head.id, "email": "porto@rossi.example"}
        )
        self.assertEqual(self.found(email="porto@rossi.example"), [])

    def test_keys_of_another_make_are_made_anew(self):
        """After an upgrade that changes how keys are made, old ones would find nothing."""
        partner = self.old(vat=VAT)
        self.assertEqual(self.found(vat=VAT), partner.ids)
        self.env.cr.execute("COMMENT ON TABLE retail_sync_identity_key IS 'of old'")
        self.env["retail.sync.identity.index"].init()
        self.assertEqual(
            identity_index._backlog(self.env), self.env["res.partner"].with_context(active_test=False).search_count([])
        )
        self.assertEqual(self.found(vat=VAT), partner.ids)
        self.env["retail.sync.identity.index"].init()
        self.assertEqual(identity_index._backlog(self.env), 0, "keys of this make are kept")

    def test_an_index_that_takes_long_is_made_bit_by_bit(self):
        """Odoo ends what computes for a minute: a page that did it all in one go was killed, and began again."""
        partners = self.old(email="info@rossi.example") | self.old("Verdi Srl") | self.old("Neri Srl")
        self.env.flush_all()
        entries, tries = identity_index._backlog(self.env), 0
        cron = self.env.ref("retail_sync.cron_identity")
        with patch.object(identity_index, "STEP", 1), patch.object(identity_index, "PATIENCE", 0):
            with self.assertRaises(RetryableJobError), self.env.cr.savepoint(flush=False):
                self.found(email="info@rossi.example")
            while identity_index._backlog(self.env):
                tries += 1
                self.assertLess(tries, entries + 2)
                identity_index.catch_up(self.env, 0)
        self.assertGreater(tries, 1)
        self.assertEqual(self.found(email="info@rossi.example"), partners[0].ids)
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        with patch.object(identity_index, "catch_up", return_value=False):
            self.env["retail.sync.connection"]._cron_identity()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers + 1)

    def test_values_are_counted(self):
        for number in range(5):
            self.old(f"Shop {number}", city="Udine", phone="+39 011 1234567")
        features = prepare(read_record("R", {"kind": "company", "city": "Udine", "phone": "+390111234567"}))
        self.assertEqual(value_counts.frequencies(self.env, [features]).total("locality"), 0, "nothing is stored yet")
        value_counts.keep(self.env)
        counts = value_counts.frequencies(self.env, [features])
        self.assertEqual(counts.count("locality", features.city), 5)
        self.assertEqual(counts.count("phone", features.phones[0].tail), 5)
        self.assertGreaterEqual(counts.total("locality"), 5)


@tagged("post_install", "-at_install")
class TestMatchDecisions(EngineCase):
    """What was decided can be read afterwards, and what people say is remembered."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.partner"].create({"name": "Bianchi Spa", "is_company": True, "vat": VAT})
        self.firm("F1", name="Rossi Srl", vat=VAT)
        self.take(FIRM)

    def decision(self, external_id="F1"):
        return self.env["retail.sync.match.decision"].search([("external_id", "=", external_id)], limit=1)

    def test_the_score_is_the_sum_of_the_parts_shown(self):
        self.env["res.partner"].create({"name": "Verdi Srl", "is_company": True, "email": "info@verdi.example"})
        self.firm("F2", name="Verdi S.r.l.", email="info@verdi.example")
        self.take(FIRM)
        decisions = self.decision("F1") | self.decision("F2")
        self.assertEqual([decision.decision for decision in decisions], ["review", "link"])
        for decision in decisions:
            self.assertEqual(decision.score, decision.evidence[0]["evidence"]["score"])
            for candidate in decision.evidence:
                total = 0
                for part in candidate["evidence"]["parts"]:
                    total += part["weight"]
                    self.assertEqual(part["total"], total)
                self.assertEqual(candidate["evidence"]["score"], total)

    def test_a_record_that_no_customer_resembles_leaves_no_decision(self):
        self.firm("F2", name="Gialli Srl")
        self.take(FIRM)
        self.assertTrue(self.partner("F2"))
        self.assertFalse(self.decision("F2"))

    def test_what_a_person_made_of_it_is_noted(self):
        self.message("F1").action_link(self.other.id)
        decision = self.decision()
        self.assertEqual((decision.decision, decision.person_decision), ("review", "link"))
        self.assertEqual((decision.person_partner_id, decision.person_id), (self.other, self.env.user))

    def test_not_the_same_is_remembered(self):
        message = self.message("F1")
        message.action_not_same(self.other.id)
        self.run_jobs()
        self.assertEqual((message.state, self.partner("F1").name), ("done", "Rossi Srl"))
        self.assertNotEqual(self.partner("F1"), self.other)
        self.assertEqual(self.env["retail.sync.non.match"].search([]).partner_id, self.other)

    def test_a_new_customer_is_none_of_those_suggested(self):
        self.message("F1").action_create_new()
        self.run_jobs()
        self.assertEqual(self.env["retail.sync.non.match"].search([]).partner_id, self.other)
        self.assertEqual(self.decision().person_decision, "create")

    def test_only_stewards_decide(self):
        message = self.message("F1")
        for group in ("group_operator", "group_auditor"):
            user = self.make_user(f"user-{group}", group)
            with self.assertRaises(AccessError):
                message.with_user(user).action_not_same(self.other.id)
            self.assertTrue(self.decision().with_user(user).reason)
        message.with_user(self.make_user("steward", "group_steward")).action_not_same(self.other.id)
        self.assertEqual(message.state, "retrying")

    def test_the_screen_shows_the_evidence_in_words(self):
        [candidate] = self.decision().waterfall
        fields = {part["field"]: part for part in candidate["evidence"]["parts"]}
        self.assertEqual(fields["Tax or registry number"]["level"], "same")
        self.assertTrue(fields["Name"]["against"])
